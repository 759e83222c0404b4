using System.Diagnostics;
using System.Globalization;
using Infrastructure.Storage.Sqlite;

namespace Bench;

/// <summary>
/// Inserts the same page views straight into SQLite: a thousand per synced transaction, into a table clustered as the service's is.
/// </summary>
internal sealed class SiteEventCeiling : IDisposable
{
    private const string Schema = """
        CREATE TABLE events (site INTEGER NOT NULL, at INTEGER NOT NULL, event BLOB NOT NULL, type TEXT NOT NULL, path TEXT NOT NULL,
            user TEXT, log INTEGER NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY (site, at, event)) WITHOUT ROWID;
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("timers-bench-").FullName;
    private readonly SqliteFile file;
    private long next;

    public SiteEventCeiling() => file = new SqliteFile(Path.Combine(folder, "raw.db"), connection => connection.Execute(Schema));

    /// <summary>Inserts another <paramref name="count"/> rows.</summary>
    /// <returns>Rows per second.</returns>
    public async Task<double> MeasureAsync(int count)
    {
        var watch = Stopwatch.StartNew();
        for (var start = 0; start < count; start += 1_000)
        {
            await file.Writer.RunAsync(WritePriority.Ingest, 1_000, Insert, default);
        }

        return count / watch.Elapsed.TotalSeconds;
    }

    public void Dispose()
    {
        file.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private bool Insert(SqliteConnection connection)
    {
        var statement = connection.Statement("INSERT INTO events VALUES (?1, ?2, ?3, 'page_view', ?4, ?5, 1, ?6)");
        for (var i = 0; i < 1_000; i++, next++)
        {
            statement.Bind(1, next % SitesScenario.Sites).Bind(2, next * 10_000).Bind(3, Guid.CreateVersion7())
                .Bind(4, string.Create(CultureInfo.InvariantCulture, $"/products/{next * 7_919 % SitesScenario.Paths}"))
                .Bind(5, string.Create(CultureInfo.InvariantCulture, $"user-{next * 104_729 % SitesScenario.Users}"))
                .Bind(6, next).Run();
        }

        return true;
    }
}
