using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;
using Tests.Support;

namespace Tests.Contract.Devices;

/// <summary>A fresh store for every test, and short words for common steps.</summary>
public abstract class DeviceStoreSuite
{
    protected const string Device = "1234";
    protected static readonly Guid Epoch = Guid.Parse("0b0b6d8e-3d9a-4d5f-8f8a-1f3b5c7d9e11");
    protected static readonly EventStamp Stamp = new(Clocks.Noon, "203.0.113.0");
    private IDeviceStorage? storage;
    private long offset;

    protected IDeviceStorage Storage => storage!;

    protected IDeviceStore Store => Storage.Store;

    [SetUp]
    public void Open()
    {
        offset = 0;
        storage = CreateStorage();
    }

    [TearDown]
    public void Close()
    {
        storage?.Dispose();
        storage = null;
    }

    protected abstract IDeviceStorage CreateStorage();

    /// <summary>A message at the next offset of the log.</summary>
    protected Received<T> Next<T>(T message, string tenant = "default") =>
        new(message, new LogPosition(Epoch, 0, offset++)) { Tenant = tenant };

    protected static Received<T> At<T>(T message, long at, Guid? epoch = null, int partition = 0) =>
        new(message, new LogPosition(epoch ?? Epoch, partition, at));

    protected static ReadingsReceived Readings(params (long At, long Count)[] readings) => ReadingsOf(Device, readings);

    protected static ReadingsReceived ReadingsOf(string device, params (long At, long Count)[] readings) =>
        new(device, [.. readings.Select(each => each.At)], [.. readings.Select(each => each.Count)], Stamp);

    protected async Task<Received<ReadingsReceived>> AddAsync(params (long At, long Count)[] readings)
    {
        var received = Next(Readings(readings));
        await Store.AddAsync([received], default);
        return received;
    }

    protected async Task<DeviceRecord> FindAsync(string device = Device, string tenant = "default") =>
        await Store.FindAsync(tenant, device, default) ?? throw new AssertionException($"There is no device {device}.");

    protected async Task<(long At, Int128 Value)[]> ReadAsync(string device = Device) =>
        [.. (await Store.ReadAsync("default", device, ReadingRange.Of(100_000), default)).Select(each => (each.At, each.Value))];

    /// <summary>What the rows and the totals say, which must be the same.</summary>
    protected async Task AssertIsAsync(string device, IReadOnlyDictionary<long, Int128> expected)
    {
        var rows = await ReadAsync(device);
        Assert.That(rows, Is.EqualTo(expected.OrderBy(each => each.Key).Select(each => (each.Key, each.Value)).ToArray()));
        var found = await Store.FindAsync("default", device, default);
        var total = expected.Values.Aggregate(Int128.Zero, (sum, each) => sum + each);
        Assert.That(
            (found?.Readings ?? 0, found?.Total ?? 0, found?.LatestAt),
            Is.EqualTo(((long)expected.Count, total, expected.Count == 0 ? (long?)null : expected.Keys.Max())));
    }
}
