using System.Diagnostics;
using Infrastructure.Storage.Sqlite;

namespace Bench;

/// <summary>
/// Inserts the same readings straight into SQLite: a thousand per synced transaction, into a table clustered as the service's is.
/// </summary>
internal sealed class ReadingCeiling : IDisposable
{
    private const string Schema = """
        CREATE TABLE readings (device INTEGER NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL, log INTEGER NOT NULL,
            offset INTEGER NOT NULL, item INTEGER NOT NULL, PRIMARY KEY (device, at)) WITHOUT ROWID;
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("timers-bench-").FullName;
    private readonly SqliteFile file;
    private long next;

    public ReadingCeiling() => file = new SqliteFile(Path.Combine(folder, "raw.db"), connection => connection.Execute(Schema));

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
        var statement = connection.Statement("INSERT INTO readings VALUES (?1, ?2, ?3, 1, ?4, 0) ON CONFLICT DO NOTHING");
        for (var i = 0; i < 1_000; i++, next++)
        {
            statement.Bind(1, next % DevicesScenario.Devices).Bind(2, next * 10_000).Bind(3, next % 10).Bind(4, next).Run();
        }

        return true;
    }
}
