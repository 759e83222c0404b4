using Contracts.Common;
using Contracts.Items;
using Infrastructure.Items.Mongo;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;
using Tests.Support;

namespace Tests.Contract.Items;

[Parallelizable]
public sealed class MongoItemErasureTests : ItemErasureContract
{
    protected override IItemStorage CreateStorage() => new MongoItemStorage();
}

[Parallelizable]
public sealed class MongoItemStoreTests : ItemStoreContract
{
    protected override IItemStorage CreateStorage() => new MongoItemStorage();

    [Test]
    public async Task Rows_that_were_inserted_before_a_crash_are_counted_when_their_message_comes_again()
    {
        var (first, second) = (Next(Transfer(1, "a", 2)), Next(Transfer(1, "b", 3)));
        await Store.AddAsync([first, second], default);
        ((MongoItemStorage)Storage).Run(rows => rows.DeleteAsync(MongoItemSchema.Sums, []));
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Day), Is.Empty);

        await Store.AddAsync([first, second], default);

        await AssertCountAsync(2);
    }

    [Test]
    public async Task A_message_that_was_overtaken_by_a_later_one_counts_all_the_same()
    {
        var (first, second) = (Next(Transfer(1, "a", 2)), Next(Transfer(1, "b", 3)));
        await Store.AddAsync([second], default);

        await Store.AddAsync([first], default);

        await AssertCountAsync(2);
    }

    [Test]
    public async Task Two_consumers_of_one_partition_count_each_transfer_once()
    {
        var log = Enumerable.Range(0, 60).Select(i => Next(Transfer(i % 3, $"{i % 25}", i, Clocks.Noon.AddMilliseconds(i)))).ToList();

        await Task.WhenAll(Enumerable.Range(1, 4).Select(async size =>
        {
            foreach (var batch in log.Chunk(size * 3))
            {
                await Store.AddAsync(batch, default);
            }
        }));

        await AssertCountAsync(log.Select(each => (each.Message.Item, each.Message.EventId)).Distinct().Count());
    }

    private async Task AssertCountAsync(int count)
    {
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Day), Is.EqualTo($"2030-06-01T00:00:00Z {count}"));
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Second), Is.EqualTo($"2030-06-01T12:00:00Z {count}"));
        Assert.That(await DriftAsync(), Is.Empty);
    }
}

[Parallelizable]
public sealed class MongoItemUpkeepTests : ItemUpkeepContract
{
    protected override IItemStorage CreateStorage() => new MongoItemStorage();
}

[Parallelizable]
public sealed class MongoItemPurgeTests : ItemPurgeContract
{
    protected override IItemStorage CreateStorage() => new MongoItemStorage();

    [Test]
    public async Task A_transfer_that_a_crash_left_uncounted_is_counted_when_its_message_comes_again_after_its_purge()
    {
        var (first, second) = (Next(Transfer(1, "a", 2, Midnight.AddDays(-2))), Next(Transfer(1, "b", 3, Midnight.AddDays(-1))));
        await Store.AddAsync([first, second], default);
        Run(rows => rows.DeleteAsync(MongoItemSchema.Sums, []));
        await PurgeAsync(Midnight);
        Assert.That((await HistoryAsync(1), await CountAsync(ItemStatistic.Transfers, ItemUnit.Month)), Is.EqualTo(("b", string.Empty)));

        await Store.AddAsync([first, second], default);

        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Month), Is.EqualTo("2030-05-01T00:00:00Z 2"));
        Assert.That(await HistoryAsync(1), Is.EqualTo("b"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task What_a_consumer_was_storing_while_a_purge_passed_goes_with_the_next_one()
    {
        await AddAsync(Transfer(1, "a", 2, Midnight.AddDays(-3)), Transfer(1, "b", 3));
        await PurgeAsync(Midnight.AddDays(-2));
        await PurgeAsync(Midnight.AddDays(-1));

        // As it would be stored by one that has read the instant of the purge before.
        Run(rows => rows.DeleteAsync(MongoItemSchema.Purged, []));
        await AddAsync(Transfer(1, "c", 4, Midnight.AddDays(-1).AddHours(-1)));
        Run(rows => rows.UpdateAsync(
            MongoItemSchema.Purged,
            new UpdateOneModel<BsonDocument>(new BsonDocument("_id", 0), new BsonDocument("$set", new BsonDocument
            {
                { "before", TickTime.Of(Midnight.AddDays(-1)) }, { "walked", TickTime.Of(Midnight.AddDays(-1)) },
                { "from", TickTime.Of(Midnight.AddDays(-2)) },
            }))
            {
                IsUpsert = true,
            }));
        Assert.That(await HistoryAsync(1), Is.EqualTo("c b"));

        await PurgeAsync(Midnight);

        Assert.That(await HistoryAsync(1), Is.EqualTo("b"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    private void Run<T>(Func<MongoRows, Task<T>> work) => ((MongoItemStorage)Storage).Run(work);
}

[Parallelizable]
public sealed class MongoItemStorePropertyTests : ItemStoreProperties
{
    protected override IItemStorage CreateStorage() => new MongoItemStorage();
}

/// <summary>MongoDB, in a database that one test after the other has for itself.</summary>
internal sealed class MongoItemStorage : IItemStorage
{
    private readonly MongoDatabase database = MongoDatabase.Take();
    private MongoConnection? reconnected;

    public MongoItemStorage() => Store = new MongoItemStore(database.Connection);

    public IItemStore Store { get; private set; }

    public void Run<T>(Func<MongoRows, Task<T>> work) => database.Run(work);

    public void Reopen()
    {
        reconnected?.Dispose();
        reconnected = new MongoConnection(database.Uri, MongoDatabase.Options, TimeProvider.System);
        Store = new MongoItemStore(reconnected);
    }

    public void SpoilMinutesOfTransfers() => Run(rows => rows.UpdateAsync(
        MongoItemSchema.Sums,
        new UpdateManyModel<BsonDocument>(
            All(ItemStatistic.Transfers, MongoItemKind.Hour), new BsonDocument("$inc", new BsonDocument("n0", 7L)))));

    public void LoseCounts()
    {
        Run(rows => rows.DeleteAsync(MongoItemSchema.Sums, All(ItemStatistic.Users, MongoItemKind.Hour)));
        Run(rows => rows.DeleteAsync(MongoItemSchema.Sums, All(ItemStatistic.Users, MongoItemKind.Month)));
        Run(rows => rows.DeleteAsync(MongoItemSchema.Sums, All(ItemStatistic.Items, MongoItemKind.Minute)));
    }

    public void Dispose()
    {
        reconnected?.Dispose();
        database.Dispose();
    }

    private static BsonDocument All(ItemStatistic what, MongoItemKind kind) =>
        MongoItemKeys.SumsBetween(MongoItemKeys.Tenant("default"), what, kind, long.MinValue, long.MaxValue);
}
