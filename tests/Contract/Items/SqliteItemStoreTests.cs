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
