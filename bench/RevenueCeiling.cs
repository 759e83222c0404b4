using System.Diagnostics;
using System.Globalization;
using Infrastructure.Storage.Sqlite;

namespace Bench;

/// <summary>
/// Inserts the same events straight into SQLite, a thousand per synced transaction: a ledger clustered by user and id as the service's is,
/// and an upsert of the user's balance for each.
/// </summary>
internal sealed class RevenueCeiling : IDisposable
{
    private const string Schema = """
        CREATE TABLE entries (user INTEGER NOT NULL, event BLOB NOT NULL, at INTEGER NOT NULL, effect INTEGER NOT NULL,
            currency TEXT NOT NULL, name TEXT NOT NULL, log INTEGER NOT NULL, offset INTEGER NOT NULL,
            PRIMARY KEY (user, event)) WITHOUT ROWID;
        CREATE INDEX entries_in_time ON entries (user, at, event);
        CREATE TABLE balances (user INTEGER NOT NULL, currency TEXT NOT NULL, events INTEGER NOT NULL, total INTEGER NOT NULL,
            PRIMARY KEY (user, currency)) WITHOUT ROWID;
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("timers-bench-").FullName;
    private readonly SqliteFile file;
    private long next;

    public RevenueCeiling() => file = new SqliteFile(Path.Combine(folder, "raw.db"), connection => connection.Execute(Schema));

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
        var insert = connection.Statement("INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5, 'add_revenue', 1, ?6)");
        var upsert = connection.Statement(
            """
            INSERT INTO balances VALUES (?1, ?2, 1, ?3)
            ON CONFLICT DO UPDATE SET events = events + 1, total = total + excluded.total
            """);
        for (var i = 0; i < 1_000; i++, next++)
        {
            var (user, currency) = (next * 104_729 % RevenueScenario.Users, next % 3 == 0 ? "USD" : "EUR");
            insert.Bind(1, user).Bind(2, Guid.CreateVersion7().ToString("D", CultureInfo.InvariantCulture)).Bind(3, next * 10_000)
                .Bind(4, next % 10_000).Bind(5, currency).Bind(6, next).Run();
            upsert.Bind(1, user).Bind(2, currency).Bind(3, next % 10_000).Run();
        }

        return true;
    }
}
