using Contracts.Common;
using Contracts.Items;
using Infrastructure.Items.Sqlite;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Contract.Items;

public sealed class SqliteFileItemStoreTests : ItemStoreContract
{
    protected override IItemStorage CreateStorage() => new SqliteItemStorage(onDisk: true);

    [Test]
    public void A_file_of_a_later_release_is_refused()
    {
        using var folder = new TemporaryFolder();
        using (var file = new SqliteFile(folder.File("items.db"), ItemSchema.Apply))
        {
            SqliteItemStorage.Run(file, "PRAGMA user_version = 99");
        }

        Assert.That(() => new SqliteFile(folder.File("items.db"), ItemSchema.Apply),
            Throws.InvalidOperationException.With.Message.Contains("99"));
    }
}

public sealed class SqliteInMemoryItemStoreTests : ItemStoreContract
{
    protected override IItemStorage CreateStorage() => new SqliteItemStorage(onDisk: false);
}

public sealed class SqliteFileItemUpkeepTests : ItemUpkeepContract
{
    protected override IItemStorage CreateStorage() => new SqliteItemStorage(onDisk: true);
}

public sealed class SqliteFileItemErasureTests : ItemErasureContract
{
    protected override IItemStorage CreateStorage() => new SqliteItemStorage(onDisk: true);

    [Test]
    public async Task An_erasure_that_was_interrupted_goes_on_with_the_upkeep()
    {
        await Store.AddAsync([Next(User(1)), Next(User(2))], default);
        await AddAsync([.. Enumerable.Range(0, 50).Select(i => Transfer(7, $"{i}", 1, Clocks.Noon.AddSeconds(i))), Transfer(8, "a", 2)]);
        var file = ((SqliteItemStorage)Storage).File;
        await file.Writer.RunAsync(
            WritePriority.Ingest,
            1,
            connection =>
            {
                ItemErasure.Begin(connection, Next(new ItemUserErased(Id(1), Stamp)));
                return true;
            },
            default);
        Storage.Reopen();

        Assert.That(await Store.ContinueErasuresAsync(20, default), Is.EqualTo(20));
        Assert.That(await ToNobodyAsync(), Is.EqualTo(20));
        Assert.That(await Store.ContinueErasuresAsync(40, default), Is.EqualTo(30));
        Assert.That(await Store.ContinueErasuresAsync(40, default), Is.Zero);
        Assert.That((await ToNobodyAsync(), await OwnerAsync(8)), Is.EqualTo((50, 2)));
        Assert.That(await DriftAsync(), Is.Empty);

        async Task<int> ToNobodyAsync() => (await Store.ReadHistoryAsync(Tenant.Default, Id(7), new ItemHistoryRange(100), default))
            .Count(each => each.To == Guid.Empty);
    }

    [Test]
    public async Task A_file_of_the_first_schema_gets_its_table_of_erasures_under_way()
    {
        await AddAsync(Transfer(7, "a", 1));
        SqliteItemStorage.Run(
            ((SqliteItemStorage)Storage).File, $"DROP TABLE erasing; {SqliteItemStorage.ToSchema2} PRAGMA user_version = 1");
        Storage.Reopen();

        await Store.EraseAsync([Next(new ItemUserErased(Id(1), Stamp))], default);

        Assert.That(await HistoryAsync(7), Is.EqualTo("a"));
        Assert.That((await Store.FindOwnersAsync(Tenant.Default, [Id(7)], default))[0].To, Is.EqualTo(Guid.Empty));
        Assert.That(await Store.ContinueErasuresAsync(10, default), Is.Zero);
    }
}

public sealed class SqliteFileItemPurgeTests : ItemPurgeContract
{
    protected override IItemStorage CreateStorage() => new SqliteItemStorage(onDisk: true);

    [Test]
    public async Task A_file_of_the_second_schema_keeps_what_it_has_and_can_be_purged()
    {
        await AddAsync(Transfer(7, "a", 1, Midnight.AddDays(-1)), Transfer(7, "b", 2));
        SqliteItemStorage.Run(((SqliteItemStorage)Storage).File, $"{SqliteItemStorage.ToSchema2} PRAGMA user_version = 2");
        Storage.Reopen();
        Assert.That((await HistoryAsync(7), await Store.FindPurgedAsync(default)), Is.EqualTo(("a b", long.MinValue)));

        await PurgeAsync(Midnight);

        Assert.That((await HistoryAsync(7), await OwnerAsync(7)), Is.EqualTo(("b", 2)));
        Assert.That(await DriftAsync(), Is.Empty);
        Storage.Reopen();
        Assert.That(await Store.FindPurgedAsync(default), Is.EqualTo(TickTime.Of(Midnight)));
    }

    [Test]
    public async Task Arrivals_of_what_was_purged_go_and_the_latest_transfer_keeps_its_own()
    {
        var old = Stamp with { ReceivedAt = Midnight.AddDays(-1) };
        await AddAsync(
            Transfer(7, "a", 1, Midnight.AddDays(-2)) with { Stamp = old }, Transfer(7, "b", 2, Midnight.AddDays(-1)) with { Stamp = old },
            Transfer(8, "c", 3, Midnight.AddHours(-1)) with { Stamp = old with { Address = "198.51.100.0" } }, Transfer(9, "d", 4));

        await PurgeAsync(Midnight, limit: 1);

        var found = await Store.ListTransfersAsync(Tenant.Default, new ItemListRange(long.MinValue, long.MaxValue, 10), default);
        Assert.That(found.Select(each => (each.EventId, each.Stamp)), Is.EqualTo(new[]
        {
            ("b", old), ("c", old with { Address = "198.51.100.0" }), ("d", Stamp),
        }));
        Assert.That(await ((SqliteItemStorage)Storage).File.ReadAsync(CountArrivals, default), Is.EqualTo(1));
        await Store.EraseAsync([Next(new ItemUserErased(Id(3), Stamp))], default);
        Assert.That((await Store.FindOwnersAsync(Tenant.Default, [Id(8)], default))[0].Stamp.Address, Is.Null);

        static long CountArrivals(SqliteConnection connection)
        {
            var row = connection.Statement("SELECT count(*) FROM arrivals");
            row.Step();
            var count = row.Int64(0);
            row.Reset();
            return count;
        }
    }
}

public sealed class SqliteItemStorePropertyTests : ItemStoreProperties
{
    protected override IItemStorage CreateStorage() => new SqliteItemStorage(onDisk: false);
}

/// <summary>SQLite in a file of a temporary folder, or in memory.</summary>
internal sealed class SqliteItemStorage : IItemStorage
{
    /// <summary>Takes away what the third schema added.</summary>
    public const string ToSchema2 = """
        DROP TABLE claims; DROP TABLE replaced; DROP TABLE purged;
        ALTER TABLE transfers DROP COLUMN received_at; ALTER TABLE transfers DROP COLUMN address;
        """;

    private readonly TemporaryFolder? folder;
    private SqliteFile file;

    public SqliteFile File => file;

    public SqliteItemStorage(bool onDisk)
    {
        folder = onDisk ? new TemporaryFolder() : null;
        file = Open();
        Store = new SqliteItemStore(file);
    }

    public IItemStore Store { get; private set; }

    public static void Run(SqliteFile file, string sql) => file.Writer.RunAsync(
        WritePriority.Control,
        1,
        connection =>
        {
            connection.Execute(sql);
            return true;
        },
        default).GetAwaiter().GetResult();

    public void Reopen()
    {
        if (folder is null)
        {
            Assert.Ignore("In memory nothing survives, by design.");
        }

        file.Dispose();
        file = Open();
        Store = new SqliteItemStore(file);
    }

    public void SpoilMinutesOfTransfers() => Run(file, "UPDATE sums SET count = count + 7 WHERE what = 1 AND span = 2");

    public void LoseCounts() =>
        Run(file, "DELETE FROM sums WHERE what = 2 AND span IN (2, 3, 4); DELETE FROM sums WHERE what = 0 AND span = 1");

    public void Dispose()
    {
        file.Dispose();
        folder?.Dispose();
    }

    private SqliteFile Open() => new(folder?.File("items.db") ?? ":memory:", ItemSchema.Apply);
}
