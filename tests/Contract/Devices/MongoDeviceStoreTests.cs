using Contracts.Devices;
using Infrastructure.Devices.Mongo;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;
using Tests.Support;

namespace Tests.Contract.Devices;

[Parallelizable]
public sealed class MongoDeviceStoreTests : DeviceStoreContract
{
    protected override IDeviceStorage CreateStorage() => new MongoDeviceStorage();

    [Test]
    public async Task Rows_that_were_inserted_before_a_crash_are_counted_when_their_message_comes_again()
    {
        var whole = Next(Readings((10, 1), (11, 2)));
        await Store.AddAsync([whole], default);
        ((MongoDeviceStorage)Storage).Run(rows => rows.DeleteAsync(MongoDeviceSchema.Totals, []));
        Assert.That((await FindAsync()).Total, Is.EqualTo(Int128.Zero));

        await Store.AddAsync([whole], default);

        await AssertIsAsync(Device, new Dictionary<long, Int128> { [10] = 1, [11] = 2 });
    }

    [Test]
    public async Task A_batch_of_which_another_consumer_has_counted_a_part_adds_the_rest()
    {
        var (first, second) = (Next(Readings((10, 1))), Next(Readings((11, 2))));
        await Store.AddAsync([first], default);

        await Store.AddAsync([first, second], default);

        await AssertIsAsync(Device, new Dictionary<long, Int128> { [10] = 1, [11] = 2 });
    }

    [Test]
    public async Task A_message_that_was_overtaken_by_a_later_one_counts_all_the_same()
    {
        var (first, second) = (Next(Readings((10, 1))), Next(Readings((11, 2))));
        await Store.AddAsync([second], default);

        await Store.AddAsync([first], default);

        await AssertIsAsync(Device, new Dictionary<long, Int128> { [10] = 1, [11] = 2 });
    }

    [Test]
    public async Task Two_consumers_of_one_partition_count_each_reading_once()
    {
        var log = Enumerable.Range(0, 40).Select(i => Next(Readings((i % 25, i), (100 + i, 1)))).ToList();

        await Task.WhenAll(Enumerable.Range(1, 4).Select(async size =>
        {
            foreach (var batch in log.Chunk(size * 3))
            {
                await Store.AddAsync(batch, default);
            }
        }));

        var rows = await ReadAsync();
        var device = await FindAsync();
        Assert.That((device.Readings, device.Total),
            Is.EqualTo(((long)rows.Length, rows.Aggregate(Int128.Zero, (sum, each) => sum + each.Value))));
        Assert.That(rows, Has.Length.EqualTo(65));
    }
}

[Parallelizable]
public sealed class MongoDeviceUpkeepTests : DeviceUpkeepContract
{
    protected override IDeviceStorage CreateStorage() => new MongoDeviceStorage();
}

[Parallelizable]
public sealed class MongoDeviceStorePropertyTests : DeviceStoreProperties
{
    protected override IDeviceStorage CreateStorage() => new MongoDeviceStorage();
}

/// <summary>MongoDB, in a database that one test after the other has for itself.</summary>
internal sealed class MongoDeviceStorage : IDeviceStorage
{
    private readonly MongoDatabase database = MongoDatabase.Take();
    private MongoConnection? reconnected;

    public MongoDeviceStorage() => Store = new MongoDeviceStore(database.Connection);

    public IDeviceStore Store { get; private set; }

    public void Run<T>(Func<MongoRows, Task<T>> work) => database.Run(work);

    public void Reopen()
    {
        reconnected?.Dispose();
        reconnected = new MongoConnection(database.Uri, MongoDatabase.Options, TimeProvider.System);
        Store = new MongoDeviceStore(reconnected);
    }

    public void Spoil(string device) => database.Run(rows => rows.UpdateAsync(
        MongoDeviceSchema.Totals,
        new UpdateManyModel<BsonDocument>(
            MongoDeviceKeys.AllTotals(MongoDeviceKeys.Device("default", device)),
            new BsonDocument(
                "$inc", new BsonDocument { { MongoDeviceBatch.Readings, -1L }, { MongoDeviceBatch.Sum, new BsonDecimal128(7) } }))));

    public void Dispose()
    {
        reconnected?.Dispose();
        database.Dispose();
    }
}
