using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Sites.Sqlite;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Contract.Sites;

public sealed class SqliteFileSiteStoreTests : SiteStoreContract
{
    protected override ISiteStorage CreateStorage() => new SqliteSiteStorage(onDisk: true);

    [Test]
    public async Task A_file_of_the_first_schema_gets_its_tables_of_erased_sites()
    {
        await AddAsync(View(Start, user: "u"));
        await ((SqliteSiteStorage)Storage).File.Writer.RunAsync(
            WritePriority.Control,
            1,
            connection =>
            {
                connection.Execute("DROP TABLE erased_sites; DROP TABLE erasing_sites; PRAGMA user_version = 1");
                return true;
            },
            default);
        Storage.Reopen();

        await AddAsync(View(Start + 1, user: "v"));
        Assert.That(await ReadAsync(), Has.Length.EqualTo(2));
        await Store.EraseSitesAsync([Next(new SiteErased(Site, Stamp))], default);
        Assert.That(await ReadAsync(), Is.Empty);
    }
}

public sealed class SqliteInMemorySiteStoreTests : SiteStoreContract
{
    protected override ISiteStorage CreateStorage() => new SqliteSiteStorage(onDisk: false);
}

public sealed class SqliteFileSiteUpkeepTests : SiteUpkeepContract
{
    protected override ISiteStorage CreateStorage() => new SqliteSiteStorage(onDisk: true);

    [Test]
    public async Task What_is_left_of_an_erased_site_is_deleted_by_the_purge_and_what_came_since_is_kept()
    {
        await AddAsync([.. Enumerable.Range(0, 50).Select(at => View(Start + at, $"/{at}", $"u{at}"))]);
        var file = ((SqliteSiteStorage)Storage).File;
        await file.Writer.RunAsync(
            WritePriority.Ingest, 1, connection => WholeSiteErasure.Begin(connection, Next(new SiteErased(Site, Stamp))), default);
        Assert.That(await Store.FindSiteErasureAsync("default", Site, default), Is.Null, "it is not done");
        var since = View(Start + 7, "/since", "u");
        await AddAsync(since);

        string? after = null;
        do
        {
            after = (await Store.PurgeAsync(long.MinValue, long.MinValue, after, 20, default)).Next;
        }
        while (after is not null);

        var model = new SiteModel();
        model.Add(since);
        await AssertIsAsync(model);
        Assert.That(await Store.FindSiteErasureAsync("default", Site, default), Is.Not.Null);
        var left = await file.ReadAsync(
            connection =>
            {
                var row = connection.Statement(
                    "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM claims) + (SELECT count(*) FROM days)");
                row.Step();
                var count = row.Int64(0);
                row.Reset();
                return count;
            },
            default);
        Assert.That(left, Is.EqualTo(3));
    }

    [Test]
    public async Task What_is_left_of_an_erasure_that_was_interrupted_is_deleted_by_the_purge_and_what_came_since_is_kept()
    {
        await AddAsync([.. Enumerable.Range(0, 50).Select(at => View(Start + at, "/", "u"))]);
        var file = ((SqliteSiteStorage)Storage).File;
        await file.Writer.RunAsync(
            WritePriority.Ingest, 1, connection => SiteErasure.Begin(connection, Next(new VisitorErased(Site, Stamp, "u"))), default);
        var since = View(Start + 7, "/since", "u");
        await AddAsync(since);
        Assert.That(await ReadAsync(), Has.Length.EqualTo(51));

        string? after = null;
        do
        {
            after = (await Store.PurgeAsync(long.MinValue, long.MinValue, after, 20, default)).Next;
        }
        while (after is not null);

        var model = new SiteModel();
        model.Add(since);
        await AssertIsAsync(model);
    }
}

public sealed class SqliteSiteStorePropertyTests : SiteStoreProperties
{
    protected override ISiteStorage CreateStorage() => new SqliteSiteStorage(onDisk: false);
}

/// <summary>SQLite in a file of a temporary folder, or in memory.</summary>
internal sealed class SqliteSiteStorage : ISiteStorage
{
    private readonly TemporaryFolder? folder;
    private SqliteSiteStore store;

    public SqliteSiteStorage(bool onDisk)
    {
        folder = onDisk ? new TemporaryFolder() : null;
        File = Open();
        store = new SqliteSiteStore(File);
    }

    public ISiteStore Store => store;

    public IVisitorSalts Salts => store;

    public SqliteFile File { get; private set; }

    public void Reopen()
    {
        if (folder is null)
        {
            Assert.Ignore("In memory nothing survives, by design.");
        }

        File.Dispose();
        File = Open();
        store = new SqliteSiteStore(File);
    }

    public void Spoil(string site) => Run(connection =>
    {
        const string Of = "WHERE site = (SELECT id FROM sites WHERE name = ?1)";
        connection.Statement($"UPDATE minutes SET views = views + 1 {Of}").Bind(1, site).Run();
        connection.Statement($"UPDATE days SET events = events - 1 {Of}").Bind(1, site).Run();
        return connection.Statement($"UPDATE names SET count = count + 3 {Of}").Bind(1, site).Run();
    });

    public void SpoilVisitors(string site, long missing, long added, long day) => Run(connection =>
    {
        connection.Statement("DELETE FROM visitors WHERE site = (SELECT id FROM sites WHERE name = ?1) AND visitor = ?2 AND number = ?3")
            .Bind(1, site).Bind(2, missing).Bind(3, day).Run();
        return connection.Statement("INSERT INTO visitors SELECT id, 2, 0, ?3, ?2 FROM sites WHERE name = ?1")
            .Bind(1, site).Bind(2, added).Bind(3, day).Run();
    });

    public void Sketch(string site, long day, IReadOnlyList<long> visitors) => Run(connection =>
    {
        connection.Statement(
            "INSERT INTO sketches SELECT id, 2, 0, ?2, ?3 FROM sites WHERE name = ?1")
            .Bind(1, site).Bind(2, day).Bind(3, DayDifference.SketchOf(visitors).Bytes).Run();
        return connection.Statement("DELETE FROM visitors WHERE site = (SELECT id FROM sites WHERE name = ?1) AND span = 2 AND number = ?2")
            .Bind(1, site).Bind(2, day).Run();
    });

    public (long Listed, long Sketches) CountVisitors() => File.ReadAsync(
        connection =>
        {
            var row = connection.Statement("SELECT (SELECT count(*) FROM visitors), (SELECT count(*) FROM sketches)");
            row.Step();
            var counts = (row.Int64(0), row.Int64(1));
            row.Reset();
            return counts;
        },
        default).GetAwaiter().GetResult();

    public void Dispose()
    {
        File.Dispose();
        folder?.Dispose();
    }

    private void Run<T>(Func<SqliteConnection, T> work) =>
        File.Writer.RunAsync(WritePriority.Control, 1, work, default).GetAwaiter().GetResult();

    private SqliteFile Open() => new(folder?.File("sites.db") ?? ":memory:", SiteSchema.Apply);
}
