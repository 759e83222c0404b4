using Contracts.Devices;
using Infrastructure.Devices.Sqlite;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Contract.Devices;

public sealed class SqliteFileDeviceStoreTests : DeviceStoreContract
{
    protected override IDeviceStorage CreateStorage() => new SqliteDeviceStorage(onDisk: true);

    [Test]
    public async Task A_file_of_the_first_schema_gets_its_table_of_tags()
    {
        await Store.ConfigureAsync("default", "a", new DeviceSettings("A", ["door", "door", "hall"], null, null), Clocks.Noon, default);
        await Store.ConfigureAsync("acme", "b", new DeviceSettings("B", ["door"], null, null), Clocks.Noon, default);
        await AddAsync((1, 1));
        await ((SqliteDeviceStorage)Storage).File.Writer.RunAsync(
            WritePriority.Control,
            1,
            connection =>
            {
                connection.Execute("DROP TABLE tags; PRAGMA user_version = 1");
                return true;
            },
            default);
        Storage.Reopen();

        var (own, theirs) = (await Store.ListAsync("default", new DeviceQuery(9, Tag: "door"), default),
            await Store.ListAsync("acme", new DeviceQuery(9, Tag: "door"), default));
        Assert.That((own.Items.Single().Id, theirs.Items.Single().Id), Is.EqualTo(("a", "b")));
        await AssertIsAsync(Device, new Dictionary<long, Int128> { [1] = 1 });
    }
}

public sealed class SqliteInMemoryDeviceStoreTests : DeviceStoreContract
{
    protected override IDeviceStorage CreateStorage() => new SqliteDeviceStorage(onDisk: false);
}

public sealed class SqliteFileDeviceUpkeepTests : DeviceUpkeepContract
{
    protected override IDeviceStorage CreateStorage() => new SqliteDeviceStorage(onDisk: true);

    [Test]
    public async Task What_is_left_of_an_erasure_that_was_interrupted_is_deleted_by_the_purge()
    {
        await AddAsync([.. Enumerable.Range(0, 50).Select(at => ((long)at, 1L))]);
        var file = ((SqliteDeviceStorage)Storage).File;
        await file.Writer.RunAsync(
            WritePriority.Ingest, 1, connection => DeviceErasure.Begin(connection, Next(new DeviceErased(Device, Stamp))), default);
        Assert.That(await CountAsync(), Is.EqualTo(50));

        await Store.PurgeAsync(long.MinValue, null, 20, default);
        Assert.That(await CountAsync(), Is.EqualTo(30));
        await Store.PurgeAsync(long.MinValue, null, 1_000, default);
        Assert.That(await CountAsync(), Is.Zero);

        Task<long> CountAsync() => file.ReadAsync(
            connection =>
            {
                var row = connection.Statement("SELECT count(*) FROM readings");
                row.Step();
                var count = row.Int64(0);
                row.Reset();
                return count;
            },
            default);
    }
}

public sealed class SqliteInMemoryDeviceUpkeepTests : DeviceUpkeepContract
{
    protected override IDeviceStorage CreateStorage() => new SqliteDeviceStorage(onDisk: false);
}

public sealed class SqliteDeviceStorePropertyTests : DeviceStoreProperties
{
    protected override IDeviceStorage CreateStorage() => new SqliteDeviceStorage(onDisk: false);
}

/// <summary>SQLite in a file of a temporary folder, or in memory.</summary>
internal sealed class SqliteDeviceStorage : IDeviceStorage
{
    private readonly TemporaryFolder? folder;

    public SqliteDeviceStorage(bool onDisk)
    {
        folder = onDisk ? new TemporaryFolder() : null;
        File = Open();
        Store = new SqliteDeviceStore(File);
    }

    public IDeviceStore Store { get; private set; }

    public SqliteFile File { get; private set; }

    public void Reopen()
    {
        if (folder is null)
        {
            Assert.Ignore("In memory nothing survives, by design.");
        }

        File.Dispose();
        File = Open();
        Store = new SqliteDeviceStore(File);
    }

    public void Spoil(string device) => File.Writer.RunAsync(
        WritePriority.Control,
        1,
        connection => connection.Statement("UPDATE devices SET total_low = total_low + 7, readings = readings - 1 WHERE name = ?1")
            .Bind(1, device).Run(),
        default).GetAwaiter().GetResult();

    public void Dispose()
    {
        File.Dispose();
        folder?.Dispose();
    }

    private SqliteFile Open() => new(folder?.File("devices.db") ?? ":memory:", DeviceSchema.Apply);
}
