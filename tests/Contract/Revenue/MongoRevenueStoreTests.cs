using Contracts.Revenue;
using Infrastructure.Revenue.Mongo;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;
using Tests.Support;

namespace Tests.Contract.Revenue;

[Parallelizable]
public sealed class MongoRevenueStoreTests : RevenueStoreContract
{
    protected override IRevenueStorage CreateStorage() => new MongoRevenueStorage();

    [Test]
    public async Task Entries_that_were_inserted_before_a_crash_are_counted_when_their_message_comes_again()
    {
        var whole = Next(Events(Event("a", "1"), Event("b", "2")));
        await Store.AddAsync([whole], default);
        ((MongoRevenueStorage)Storage).Run(rows => rows.DeleteAsync(MongoRevenueSchema.Sums, []));
        Assert.That(await BalancesAsync(), Is.Empty);

        await Store.AddAsync([whole], default);

        await AssertIsAsync("USD 3 (2)");
    }

    [Test]
    public async Task A_message_that_was_overtaken_by_a_later_one_counts_all_the_same()
    {
        var (first, second) = (Next(Events(Event("a", "1"))), Next(Events(Event("b", "2"))));
        await Store.AddAsync([second], default);

        await Store.AddAsync([first], default);

        await AssertIsAsync("USD 3 (2)");
    }

    [Test]
    public async Task Two_consumers_of_one_partition_count_each_event_once()
    {
        var log = Enumerable.Range(0, 40).Select(i => Next(Events(Event($"{i % 25}", "1"), Event($"x{i}", "0.5")))).ToList();

        await Task.WhenAll(Enumerable.Range(1, 4).Select(async size =>
        {
            foreach (var batch in log.Chunk(size * 3))
            {
                await Store.AddAsync(batch, default);
            }
        }));

        await AssertIsAsync("USD 45 (65)");
    }

    private async Task AssertIsAsync(string balances)
    {
        Assert.That(await BalancesAsync(), Is.EqualTo(balances));
        Assert.That(await SumsAsync(null, [Clocks.Noon, Clocks.Noon.AddMinutes(1)]), Does.EndWith(balances[balances.IndexOf('(')..]));
        Assert.That(await DriftAsync(), Is.Empty);
    }
}

[Parallelizable]
public sealed class MongoRevenueUpkeepTests : RevenueUpkeepContract
{
    protected override IRevenueStorage CreateStorage() => new MongoRevenueStorage();
}

[Parallelizable]
public sealed class MongoRevenueStorePropertyTests : RevenueStoreProperties
{
    protected override IRevenueStorage CreateStorage() => new MongoRevenueStorage();
}

[Parallelizable]
public sealed class MongoRevenueArchiveTests : RevenueArchiveContract
{
    protected override IRevenueStorage CreateStorage() => new MongoRevenueStorage();
}

/// <summary>MongoDB, in a database that one test after the other has for itself.</summary>
internal sealed class MongoRevenueStorage : IRevenueStorage
{
    private readonly MongoDatabase database = MongoDatabase.Take();
    private MongoConnection? reconnected;

    public MongoRevenueStorage() => Store = new MongoRevenueStore(database.Connection, archives: true);

    public IRevenueStore Store { get; private set; }

    public IRevenueArchive Archive => (IRevenueArchive)Store;

    public void Run<T>(Func<MongoRows, Task<T>> work) => database.Run(work);

    public void Reopen()
    {
        reconnected?.Dispose();
        reconnected = new MongoConnection(database.Uri, MongoDatabase.Options, TimeProvider.System);
        Store = new MongoRevenueStore(reconnected, archives: true);
    }

    public void SpoilBalances(string user) => Spoil(
        MongoRevenueKeys.SumsBetween(MongoRevenueKeys.User("default", user), MongoSumKind.Balance, 0, 1), "n0_555344");

    public void SpoilSums(string user) => Spoil(
        MongoRevenueKeys.SumsBetween(MongoRevenueKeys.User("default", user), MongoSumKind.Hour, int.MinValue, int.MaxValue), "n0_555344");

    public void SpoilSumsOfAll() => Spoil(
        MongoRevenueKeys.SumsBetween(MongoRevenueKeys.All("default"), MongoSumKind.Hour, int.MinValue, int.MaxValue), "n0_555344");

    public void Dispose()
    {
        reconnected?.Dispose();
        database.Dispose();
    }

    private void Spoil(BsonDocument which, string field) => database.Run(rows => rows.UpdateAsync(
        MongoRevenueSchema.Sums,
        new UpdateManyModel<BsonDocument>(which, new BsonDocument("$inc", new BsonDocument(field, 7L)))));
}
