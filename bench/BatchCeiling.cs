using System.Diagnostics;
using Infrastructure.Storage.Sqlite;

namespace Bench;

/// <summary>
/// Inserts the rows of a batch straight into SQLite: a thousand per synced transaction, with the same two indexes that a far timer pays
/// for.
/// </summary>
internal sealed class BatchCeiling : IAsyncDisposable
{
    private const string Schema = """
        CREATE TABLE timers (seq INTEGER PRIMARY KEY, key BLOB, state INTEGER, next_at INTEGER, due_at INTEGER, created_at INTEGER,
            claim INTEGER, version INTEGER, occurrence INTEGER, attempts INTEGER, before INTEGER,
            pending INTEGER, arrive INTEGER, spec BLOB);
        CREATE UNIQUE INDEX timers_key ON timers (key);
        CREATE INDEX timers_far ON timers (next_at / 86400000) WHERE state = 3;
        """;

    /// <summary>The same interval as the service's (UpkeepOptions.MaintainInterval).</summary>
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(1);

    private readonly string folder = Directory.CreateTempSubdirectory("timers-bench-").FullName;
    private readonly SqliteConnection writing;
    private readonly SqliteConnection checkpointing;
    private readonly PeriodicTimer tick = new(CheckpointInterval);
    private readonly Lock writer = new();
    private readonly Task checkpoints;

    public BatchCeiling()
    {
        writing = new SqliteConnection(Path.Combine(folder, "raw.db"), readOnly: false);
        writing.Execute(SqliteFile.WriterSettings);
        writing.Execute(Schema);
        checkpointing = new SqliteConnection(Path.Combine(folder, "raw.db"), readOnly: false);
        checkpointing.Execute("PRAGMA synchronous=FULL");
        checkpoints = CheckpointAsync();
    }

    /// <summary>Seconds until a timer falls due: spread over a month, in scrambled order.</summary>
    public static long Spread(int i) => 3_600 + (i * 7_919L % 2_592_000);

    /// <summary>Inserts another <paramref name="count"/> rows.</summary>
    /// <returns>Rows per second.</returns>
    public double Measure(int count)
    {
        var spec = """{"url":"http://127.0.0.1:2/hook","method":"POST"}"""u8.ToArray();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var watch = Stopwatch.StartNew();
        for (var start = 0; start < count; start += 1_000)
        {
            lock (writer)
            {
                writing.Statement("BEGIN IMMEDIATE").Run();
                for (var i = start; i < start + 1_000; i++)
                {
                    writing.Statement("INSERT INTO timers VALUES (NULL, ?1, 3, ?2, ?2, ?3, 1099511627776, 1, 1, 0, 0, 0, 0, ?4)")
                        .Bind(1, Guid.CreateVersion7()).Bind(2, now + (Spread(i) * 1_000)).Bind(3, now).Bind(4, spec).Run();
                }

                writing.Statement("COMMIT").Run();
            }
        }

        return count / watch.Elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        tick.Dispose();
        await checkpoints;
        checkpointing.Dispose();
        writing.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>
    /// Checkpoints while the writer runs, as the service does (SqliteFile.CheckpointAsync); blocks it between two transactions only once
    /// the log is long.
    /// </summary>
    private async Task CheckpointAsync()
    {
        while (await tick.WaitForNextTickAsync())
        {
            if (SqliteFile.Checkpoint(checkpointing, "PRAGMA wal_checkpoint(PASSIVE)") * 4_096 > SqliteFile.LongLogBytes)
            {
                lock (writer)
                {
                    SqliteFile.Checkpoint(writing, "PRAGMA wal_checkpoint(RESTART)");
                }
            }
        }
    }
}
