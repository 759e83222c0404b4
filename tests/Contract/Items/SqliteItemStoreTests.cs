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
        SqliteItemStorage.Run(((SqliteItemStorage)Storage).File, "DROP TABLE erasing; PRAGMA user_version = 1");
        Storage.Reopen();

        await Store.EraseAsync([Next(new ItemUserErased(Id(1), Stamp))], default);

        Assert.That(await HistoryAsync(7), Is.EqualTo("a"));
        Assert.That((await Store.FindOwnersAsync(Tenant.Default, [Id(7)], default))[0].To, Is.EqualTo(Guid.Empty));
        Assert.That(await Store.ContinueErasuresAsync(10, default), Is.Zero);
    }
}

public sealed class SqliteItemStorePropertyTests : ItemStoreProperties
{
    protected override IItemStorage CreateStorage() => new SqliteItemStorage(onDisk: false);
}

/// <summary>SQLite in a file of a temporary folder, or in memory.</summary>
internal sealed class SqliteItemStorage : IItemStorage
{
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
