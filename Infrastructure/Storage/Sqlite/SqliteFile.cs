using System.Collections.Concurrent;
using Contracts.Storage;

namespace Infrastructure.Storage.Sqlite;

/// <summary>One SQLite file in WAL mode: a single writer, a few readers, checkpoints that do not block the writer.</summary>
/// <remarks>
/// <c>synchronous=FULL</c>: a commit returns after its log is synced (https://www.sqlite.org/pragma.html#pragma_synchronous).
/// </remarks>
internal sealed class SqliteFile : IDisposable
{
    /// <summary>Length of the write-ahead log, in bytes of its pages, above which the writer pauses briefly to restart it.</summary>
    public const long LongLogBytes = 64 << 20;

    /// <summary>Settings of the writer's connection, also used by the benchmarks' ceiling.</summary>
    /// <remarks>
    /// <c>auto_vacuum</c>: the file can give space back without being rewritten; it takes effect in a file without tables only.
    /// <c>secure_delete</c>: what is deleted is overwritten; it may have held secrets.
    /// </remarks>
    public const string WriterSettings =
        "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA secure_delete=ON; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        + "PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32768; PRAGMA journal_size_limit=67108864";

    /// <summary>
    /// How long a failure counts as recent. Longer than the Runner waits between two attempts, so the answer stays the same while it waits
    /// for space.
    /// </summary>
    private static readonly TimeSpan FailureAge = TimeSpan.FromSeconds(10);

    /// <summary>Time between two steps of a checkpoint.</summary>
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(1);

    /// <summary>Free space that a file keeps for what comes next, in bytes, if an eighth of it is not more.</summary>
    private const long MinFreeBytes = 4 << 20;

    /// <summary>What is given back in one transaction, in bytes, so that others need not wait long.</summary>
    private const long BytesPerStep = 1 << 20;

    /// <summary>Maximum time that the writer waits for readers when it restarts the log.</summary>
    private const int RestartMilliseconds = 100;

    private readonly string path;
    private readonly bool inMemory;
    private readonly long pageBytes;
    private readonly SqliteConnection writing;
    private readonly ConcurrentBag<SqliteConnection> readers = [];
    private readonly SemaphoreSlim readerSlots;
    private readonly SemaphoreSlim runnerSlot = new(1);
    private readonly SemaphoreSlim checkpointSlot = new(1);
    private readonly SqliteConnection? checkpointing;
    private readonly FileWatch? watch;
    private readonly CancellationTokenSource ending = new();
    private readonly Task checkpoints;
    private int disposed;

    /// <param name="path">The file; <c>:memory:</c> for one that vanishes with the process.</param>
    /// <param name="schema">Creates or upgrades the tables, on a fresh connection.</param>
    /// <param name="damage">Told of what cannot be read.</param>
    /// <param name="tuning">What it is made for; <see cref="SqliteTuning.Prompt"/> by default.</param>
    public SqliteFile(
        string path, Action<SqliteConnection> schema, DamageReport? damage = null, SqliteTuning? tuning = null)
    {
        tuning ??= SqliteTuning.Prompt;
        this.path = path;
        Damage = damage ?? new DamageReport();
        inMemory = path == ":memory:";
        writing = new SqliteConnection(path, readOnly: false);
        writing.Execute($"PRAGMA page_size={tuning.PageBytes}; {WriterSettings}");
        schema(writing);

        // Of a file that was there already, its own.
        pageBytes = Read(writing, "PRAGMA page_size");
        watch = inMemory ? null : new FileWatch(path, Damage);
        Writer = new SqliteWriter(writing, Path.GetFileName(path), FindLoss, Judge, tuning.MaxRows);
        Log = new SqliteLog(writing, Writer);

        readerSlots = new SemaphoreSlim(Math.Clamp(Environment.ProcessorCount, 2, 8));
        checkpointing = inMemory ? null : new SqliteConnection(path, readOnly: false);
        checkpointing?.Execute("PRAGMA synchronous=FULL");
        checkpoints = checkpointing is null ? Task.CompletedTask : CheckpointRegularlyAsync(ending.Token);
    }

    public SqliteWriter Writer { get; }

    /// <summary>The positions of the slice's embedded log.</summary>
    public SqliteLog Log { get; }

    /// <summary>What of it cannot be read.</summary>
    public DamageReport Damage { get; }

    /// <summary>Its name, for messages.</summary>
    public string Name => Path.GetFileName(path);

    /// <summary>Where it is; null when it vanishes with the process.</summary>
    public string? Location => inMemory ? null : path;

    /// <summary>
    /// What is wrong with it: files that are gone, damage, or why nothing could be written of late, such as a full disk; null when nothing
    /// is.
    /// </summary>
    public string? Fault => FindLoss() ?? Damage.Summary ?? Writer.FailureWithin(FailureAge);

    /// <summary>Once this file beside it is gone or cut short, nothing is stored any more, as if it were a part of it.</summary>
    /// <param name="part">The path of the file beside it.</param>
    /// <param name="identity">Which one it is; null to take what is there.</param>
    /// <param name="length">Bytes that it has at least.</param>
    public void Watch(string part, FileIdentity? identity = null, long length = 0) => watch?.Add(part, identity, length);

    /// <summary>Runs a read on its own snapshot.</summary>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken) =>
        ReadAsync(readerSlots, read, cancellationToken);

    /// <summary>Runs a read for due timers: beside the clients' reads, never behind them.</summary>
    public Task<T> ReadForRunnerAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken) =>
        ReadAsync(runnerSlot, read, cancellationToken);

    private async Task<T> ReadAsync<T>(SemaphoreSlim slots, Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        if (inMemory)
        {
            // A private in-memory database has one connection, the writer's.
            return await Writer.RunAloneAsync(WritePriority.Control, read, cancellationToken);
        }

        await slots.WaitAsync(cancellationToken);
        try
        {
            if (!readers.TryTake(out var reader))
            {
                reader = new SqliteConnection(path, readOnly: true);
                reader.Execute("PRAGMA cache_size=-8192");
            }

            try
            {
                return read(reader);
            }
            catch
            {
                reader.ResetAll();
                throw;
            }
            finally
            {
                readers.Add(reader);
            }
        }
        catch (SqliteFailureException failure)
        {
            Judge(failure);
            throw failure.ToUnavailable(committing: false);
        }
        finally
        {
            slots.Release();
        }
    }

    /// <summary>Copies the log into the file. The writer continues meanwhile, unless the log has become long.</summary>
    public async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        if (checkpointing is null)
        {
            return;
        }

        await checkpointSlot.WaitAsync(cancellationToken);
        try
        {
            // It would hide what was overwritten; what was deleted gets all that is in the log.
            if (FindLoss() is not null && watch!.IsOverwritten)
            {
                return;
            }

            var pages = await Task.Run(() => Checkpoint(checkpointing, "PRAGMA wal_checkpoint(PASSIVE)"), cancellationToken);
            if (pages * pageBytes > LongLogBytes)
            {
                await Writer.RunAloneAsync(WritePriority.Upkeep, RestartLog, cancellationToken);
            }

            watch!.NoteGrowth();
        }
        finally
        {
            checkpointSlot.Release();
        }
    }

    /// <summary>Makes the file smaller if much of it is free, as after a purge, in steps that block nobody.</summary>
    public async Task ShrinkAsync(CancellationToken cancellationToken)
    {
        // As long as it helps; what is deleted meanwhile is for the next time.
        var (before, pages) = (long.MaxValue, (int)(BytesPerStep / pageBytes));
        while (await ReadAsync(CountExcessPages, cancellationToken) is > 0 and var free && free < before)
        {
            before = free;
            await Writer.RunAsync(
                WritePriority.Upkeep,
                pages,
                connection =>
                {
                    connection.Execute($"PRAGMA incremental_vacuum({pages})");
                    watch?.AllowShrinking(Read(connection, "PRAGMA page_count") * pageBytes);
                    return true;
                },
                cancellationToken);
        }
    }

    public void Dispose()
    {
        // Registered behind several ports, it is disposed of once for each.
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        ending.Cancel();
        Writer.Dispose();
        checkpoints.GetAwaiter().GetResult();
        ending.Dispose();
        foreach (var reader in readers)
        {
            reader.Dispose();
        }

        checkpointing?.Dispose();

        // The last connection to close copies the log into the file and removes it.
        if (FindLoss() is not null && watch!.IsOverwritten)
        {
            writing.LeaveLog();
        }

        writing.Dispose();
        watch?.Dispose();
        readerSlots.Dispose();
        runnerSlot.Dispose();
        checkpointSlot.Dispose();
    }

    private async Task CheckpointRegularlyAsync(CancellationToken stopping)
    {
        using var ticks = new PeriodicTimer(CheckpointInterval);
        try
        {
            while (await ticks.WaitForNextTickAsync(stopping))
            {
                try
                {
                    await CheckpointAsync(stopping);
                    await ShrinkAsync(stopping);
                }
#pragma warning disable CA1031 // Nothing is lost and the next step tries again; the loop must not end, or the log would grow for ever.
                catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    if (error is not (StoreUnavailableException or SqliteFailureException))
                    {
                        Damage.Add($"{Name}: its upkeep failed, which is a defect: {error.Message}");
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The file is closed, which copies the log as well.
        }
    }

    /// <summary>A page that makes no sense does not come right by itself.</summary>
    private void Judge(SqliteFailureException failure)
    {
        if (failure.IsDamage)
        {
            Damage.Add($"{Name}: {failure.Message}. Stop the service and run: timers check {Path.GetDirectoryName(path)}");
        }
    }

    /// <summary>Free pages beyond those to keep; 0 in a file of before, which cannot give them back.</summary>
    private long CountExcessPages(SqliteConnection connection)
    {
        if (Read(connection, "PRAGMA auto_vacuum") == 0)
        {
            return 0;
        }

        var free = Read(connection, "PRAGMA freelist_count");
        return free > Math.Max(MinFreeBytes / pageBytes, Read(connection, "PRAGMA page_count") / 8) ? free : 0;
    }

    private static long Read(SqliteConnection connection, string pragma)
    {
        var statement = connection.Statement(pragma);
        var value = statement.Step() ? statement.Int64(0) : 0;
        statement.Reset();
        return value;
    }

    private string? FindLoss() => watch?.FindLoss();

    private static long RestartLog(SqliteConnection connection)
    {
        // A long read, even by another program, must not block the writer; the next step tries again.
        connection.Execute($"PRAGMA busy_timeout={RestartMilliseconds}");
        try
        {
            return Checkpoint(connection, "PRAGMA wal_checkpoint(RESTART)");
        }
        finally
        {
            connection.Execute($"PRAGMA busy_timeout={SqliteConnection.BusyMilliseconds}");
        }
    }

    /// <summary>One step of a checkpoint; if it fails, the next one tries again.</summary>
    /// <returns>Number of pages in the log.</returns>
    public static long Checkpoint(SqliteConnection connection, string sql)
    {
        try
        {
            var statement = connection.Statement(sql);
            statement.Step();
            var pages = statement.Int64(1);
            statement.Reset();
            return pages;
        }
        catch (SqliteFailureException)
        {
            // Nothing is lost: the log still holds it, and the next checkpoint tries again.
            return 0;
        }
    }
}
