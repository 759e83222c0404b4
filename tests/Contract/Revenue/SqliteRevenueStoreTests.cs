using Contracts.Revenue;
using Infrastructure.Revenue.Sqlite;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Contract.Revenue;

public sealed class SqliteFileRevenueStoreTests : RevenueStoreContract
{
    protected override IRevenueStorage CreateStorage() => new SqliteRevenueStorage(onDisk: true);

    [Test]
    public void A_file_of_a_later_release_is_refused()
    {
        using var folder = new TemporaryFolder();
        using (var file = new SqliteFile(folder.File("revenue.db"), RevenueSchema.Apply))
        {
            file.Writer.RunAsync(
                WritePriority.Control,
                1,
                connection =>
                {
                    connection.Execute("PRAGMA user_version = 99");
                    return true;
                },
                default).GetAwaiter().GetResult();
        }

        Assert.That(() => new SqliteFile(folder.File("revenue.db"), RevenueSchema.Apply),
            Throws.InvalidOperationException.With.Message.Contains("99"));
    }
}

public sealed class SqliteInMemoryRevenueStoreTests : RevenueStoreContract
{
    protected override IRevenueStorage CreateStorage() => new SqliteRevenueStorage(onDisk: false);
}

public sealed class SqliteFileRevenueUpkeepTests : RevenueUpkeepContract
{
    protected override IRevenueStorage CreateStorage() => new SqliteRevenueStorage(onDisk: true);

    [Test]
    public async Task What_is_left_of_an_erasure_that_was_interrupted_is_deleted_by_the_purge_and_sums_agree_all_the_while()
    {
        await AddAsync([.. Enumerable.Range(0, 50).Select(i => Event($"{i}", "1"))]);
        await Store.AddAsync([Next(EventsOf("other", Event("a", "5")))], default);
        var file = ((SqliteRevenueStorage)Storage).File;
        await file.Writer.RunAsync(
            WritePriority.Ingest, 1, connection => RevenueErasure.Begin(connection, Next(new RevenueUserErased(User, Stamp))), default);
        Assert.That(await SumOfAllAsync(), Is.EqualTo("0 USD +55 -0 (51)"));
        Assert.That(await DriftAsync(), Is.Empty);

        await Store.PurgeAsync(long.MinValue, long.MinValue, null, 20, default);
        Assert.That(await SumOfAllAsync(), Is.EqualTo("0 USD +35 -0 (31)"));
        Assert.That(await DriftAsync(), Is.Empty);
        await Store.PurgeAsync(long.MinValue, long.MinValue, null, 1_000, default);
        Assert.That(await SumOfAllAsync(), Is.EqualTo("0 USD +5 -0 (1)"));
        Assert.That(await DriftAsync(), Is.Empty);

        Task<string> SumOfAllAsync() => SumsAsync(null, [Clocks.Noon, Clocks.Noon.AddMinutes(1)]);
    }
}

public sealed class SqliteInMemoryRevenueUpkeepTests : RevenueUpkeepContract
{
    protected override IRevenueStorage CreateStorage() => new SqliteRevenueStorage(onDisk: false);
}

public sealed class SqliteRevenueStorePropertyTests : RevenueStoreProperties
{
    protected override IRevenueStorage CreateStorage() => new SqliteRevenueStorage(onDisk: false);
}

public sealed class SqliteFileRevenueArchiveTests : RevenueArchiveContract
{
    protected override IRevenueStorage CreateStorage() => new SqliteRevenueStorage(onDisk: true);
}

public sealed class SqliteInMemoryRevenueArchiveTests : RevenueArchiveContract
{
    protected override IRevenueStorage CreateStorage() => new SqliteRevenueStorage(onDisk: false);
}

/// <summary>SQLite in a file of a temporary folder, or in memory.</summary>
internal sealed class SqliteRevenueStorage : IRevenueStorage
{
    private readonly TemporaryFolder? folder;

    public SqliteRevenueStorage(bool onDisk)
    {
        folder = onDisk ? new TemporaryFolder() : null;
        File = Open();
        Store = new SqliteRevenueStore(File, archives: true);
    }

    public IRevenueStore Store { get; private set; }

    public IRevenueArchive Archive => (IRevenueArchive)Store;

    public SqliteFile File { get; private set; }

    public void Reopen()
    {
        if (folder is null)
        {
            Assert.Ignore("In memory nothing survives, by design.");
        }

        File.Dispose();
        File = Open();
        Store = new SqliteRevenueStore(File, archives: true);
    }

    public void SpoilBalances(string user) => Run(
        "UPDATE balances SET total_low = total_low + 7, events = events - 1 WHERE user = (SELECT id FROM users WHERE name = ?1)", user);

    public void SpoilSums(string user) => Run(
        "UPDATE sums SET added_low = added_low + 7 WHERE span = 0 AND scope = (SELECT id FROM users WHERE name = ?1)", user);

    public void SpoilSumsOfAll() => Run("DELETE FROM sums WHERE scope = ?1", -1);

    public void Dispose()
    {
        File.Dispose();
        folder?.Dispose();
    }

    private void Run(string sql, object argument) => File.Writer.RunAsync(
        WritePriority.Control,
        1,
        connection =>
        {
            var statement = connection.Statement(sql);
            return (argument is string text ? statement.Bind(1, text) : statement.Bind(1, (long)(int)argument)).Run();
        },
        default).GetAwaiter().GetResult();

    private SqliteFile Open() => new(folder?.File("revenue.db") ?? ":memory:", RevenueSchema.Apply);
}
