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
