using System.Diagnostics;
using System.Globalization;
using Infrastructure.Storage.Sqlite;

namespace Bench;

/// <summary>
/// Inserts the same transfers straight into SQLite, a thousand per synced transaction: rows clustered by item and id as the service's are,
/// with an index for an item's history, and an upsert of the count of each minute.
/// </summary>
internal sealed class TransferCeiling : IDisposable
{
    private const string Schema = """
        CREATE TABLE transfers (item BLOB NOT NULL, event TEXT NOT NULL, at INTEGER NOT NULL, log INTEGER NOT NULL,
            offset INTEGER NOT NULL, recipient BLOB NOT NULL, PRIMARY KEY (item, event)) WITHOUT ROWID;
        CREATE INDEX transfers_of_item ON transfers (item, at, log, offset);
        CREATE TABLE sums (number INTEGER PRIMARY KEY, count INTEGER NOT NULL);
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("timers-bench-").FullName;
    private readonly SqliteFile file;
    private long next;

    public TransferCeiling() => file = new SqliteFile(Path.Combine(folder, "raw.db"), connection => connection.Execute(Schema));

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
        var insert = connection.Statement("INSERT INTO transfers VALUES (?1, ?2, ?3, 1, ?4, ?5)");
        for (var i = 0; i < 1_000; i++, next++)
        {
            insert.Bind(1, ItemsScenario.Item(next * 104_729 % ItemsScenario.Items))
                .Bind(2, Guid.CreateVersion7().ToString("D", CultureInfo.InvariantCulture)).Bind(3, next * 10_000).Bind(4, next)
                .Bind(5, ItemsScenario.User(next * 7_919 % ItemsScenario.Users)).Run();
        }

        connection.Statement("INSERT INTO sums VALUES (?1, 1000) ON CONFLICT DO UPDATE SET count = count + 1000")
            .Bind(1, next / 60_000).Run();
        return true;
    }
}
