using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Common;

namespace Infrastructure.Timers.Sqlite;

/// <summary>Timers in one SQLite file: what clients and the Consumer ask of it. The Runner's side is in the other part.</summary>
internal sealed partial class SqliteTimerStore : ITimerStore, IDueTimers, IDisposable
{
    /// <summary>Rows that one page of a listing looks at, at most; about 20 ms.</summary>
    private const int MostRowsExamined = 20_000;

    /// <summary>Contents that one page holds, give or take one timer: a page ends early rather than fill the memory.</summary>
    private const long MostPageBytes = 4 << 20;

    private const int RowsPerTransaction = 1_000;

    private readonly SqliteFile file;
    private readonly TimeProvider time;

    // Touched on the writer's thread only. Timers due on this day or sooner stand in the index on due instants.
    private long nearDay;

    /// <param name="file">Where they are.</param>
    /// <param name="time">Tells the present day.</param>
    public SqliteTimerStore(SqliteFile file, TimeProvider time)
    {
        this.time = time;
        this.file = file;
        nearDay = Day(time.GetUtcNow()) + 1;
    }

    /// <param name="path">The file; <c>:memory:</c> for one that is gone with the process.</param>
    /// <param name="time">Tells the present day.</param>
    public SqliteTimerStore(string path, TimeProvider time)
        : this(new SqliteFile(path, TimerSchema.Apply), time)
    {
    }

    public SqliteFile File => file;

    public async Task AddAsync(IReadOnlyList<Received<TimerScheduled>> created, CancellationToken cancellationToken)
    {
        if (created.Count <= RowsPerTransaction)
        {
            await AddChunkAsync(created, 0, created.Count, cancellationToken);
            return;
        }

        var chunks = Enumerable.Range(0, (created.Count + RowsPerTransaction - 1) / RowsPerTransaction)
            .Select(chunk => chunk * RowsPerTransaction)
            .Select(start => AddChunkAsync(created, start, Math.Min(RowsPerTransaction, created.Count - start), cancellationToken))
            .ToList();
        try
        {
            await Task.WhenAll(chunks);
        }
        catch (StoreUnavailableException failure) when (chunks.Exists(MayBeStored))
        {
            // Of timers a part of which is stored nobody can say that they were refused.
            throw new StoreUnavailableException(WriteOutcome.Unknown, failure.Message, failure);
        }
    }

    public Task<IReadOnlyList<TimerRecord>> FindAsync(IReadOnlyList<Guid> keys, CancellationToken cancellationToken) =>
        file.ReadAsync<IReadOnlyList<TimerRecord>>(
            connection =>
            {
                var found = new List<TimerRecord>(keys.Count);
                foreach (var key in keys)
                {
                    if (FindRow(connection, key, withSpec: true, out _) is { } row)
                    {
                        found.Add(row);
                    }
                }

                return found;
            },
            cancellationToken);

    public Task<IReadOnlyList<AttemptRecord>> FindAttemptsAsync(Guid key, CancellationToken cancellationToken) =>
        ReadAttemptsAsync($"{AttemptsOfTimer} ORDER BY occurrence, number, claim", key, cancellationToken);

    public async Task<AttemptRecord?> FindLastAttemptAsync(Guid key, CancellationToken cancellationToken) =>
        await ReadAttemptsAsync(LastAttemptOfTimer, key, cancellationToken) is [var last] ? last : null;

    public Task<TimerPage> ListAsync(TimerQuery query, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => List(connection, query), cancellationToken);

    public Task<TimerCounts> CountAsync(CancellationToken cancellationToken) =>
        file.ReadAsync(
            connection =>
            {
                var counts = new Dictionary<TimerState, long>();
                var rows = connection.Statement("SELECT state, timers FROM counts WHERE timers <> 0");
                while (rows.Step())
                {
                    var state = TimerRows.ToState(rows.Int32(0));
                    counts[state] = counts.GetValueOrDefault(state) + rows.Int64(1);
                }

                rows.Reset();
                return new TimerCounts(time.GetUtcNow(), counts);
            },
            cancellationToken);

    public Task<bool> TryReplaceAsync(TimerRecord read, TimerRecord changed, CancellationToken cancellationToken)
    {
        if (!TimerLifecycle.Allows(read.State, changed.State))
        {
            throw new InvalidOperationException($"A timer cannot go from {read.State} to {changed.State}.");
        }

        var spec = read.Spec == changed.Spec ? null : StoredSpec.Write(changed.Spec);
        return file.Writer.RunAsync(
            WritePriority.Control,
            rows: 1,
            connection =>
            {
                var now = FindRow(connection, read.Key, withSpec: false, out var seq);
                if (now is null || (now.Version, now.State, now.Claim) != (read.Version, read.State, read.Claim))
                {
                    return false;
                }

                var deltas = new CountDeltas();
                Update(connection, seq, now, changed, deltas);
                if (spec is not null)
                {
                    connection.Statement("UPDATE timers SET spec = ?1 WHERE seq = ?2").Bind(1, spec).Bind(2, seq).Run();
                    RemoveTags(connection, seq, read.Spec);
                    AddTags(connection, seq, changed.Spec);
                }

                deltas.Write(connection);
                return true;
            },
            cancellationToken);
    }

    public void Dispose() => file.Dispose();

    private const string AttemptsOfTimer =
        "SELECT occurrence, number, started_at, latency, lateness, status, error, response FROM attempts "
        + "WHERE timer = (SELECT seq FROM timers WHERE key = ?1)";

    private const string LastAttemptOfTimer = AttemptsOfTimer + " ORDER BY occurrence DESC, number DESC, claim DESC LIMIT 1";

    private Task<IReadOnlyList<AttemptRecord>> ReadAttemptsAsync(string sql, Guid key, CancellationToken cancellationToken) =>
        file.ReadAsync<IReadOnlyList<AttemptRecord>>(
            connection =>
            {
                var attempts = new List<AttemptRecord>();
                var rows = connection.Statement(sql).Bind(1, key);
                while (rows.Step())
                {
                    attempts.Add(TimerRows.ReadAttempt(rows));
                }

                rows.Reset();
                return attempts;
            },
            cancellationToken);

    private static bool MayBeStored(Task chunk) =>
        chunk.Exception?.InnerException is not StoreUnavailableException { Outcome: WriteOutcome.Refused };

    private async Task AddChunkAsync(IReadOnlyList<Received<TimerScheduled>> created, int start, int count, CancellationToken cancellationToken)
    {
        // Serialised here and not by the writer: many callers can do this at once, there is one writer.
        var specs = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            specs[i] = StoredSpec.Write(created[start + i].Message.Spec);
        }

        await file.Writer.RunAsync(
            WritePriority.Ingest,
            count,
            connection =>
            {
                var deltas = new CountDeltas();
                for (var i = 0; i < count; i++)
                {
                    Insert(connection, created[start + i].Message, specs[i], deltas);
                }

                deltas.Write(connection);
                if (count > 0)
                {
                    file.Log.Advance(connection, created[start + count - 1].Position);
                }

                return true;
            },
            cancellationToken);
    }

    private void Insert(SqliteConnection connection, TimerScheduled created, byte[] spec, CountDeltas deltas)
    {
        var due = StoredInstants.ToMilliseconds(created.DueAt);
        var state = ScheduledCode(due);
        var statement = connection.Statement(
            "INSERT INTO timers (key, state, next_at, due_at, created_at, claim, version, occurrence, attempts, "
            + "attempts_before_replay, pending, may_still_arrive, fingerprint, spec) "
            + "VALUES (?1, ?2, ?3, ?3, ?4, ?5, 1, 1, 0, 0, 0, 0, ?6, ?7) ON CONFLICT (key) DO NOTHING");
        var added = statement.Bind(1, created.TimerId).Bind(2, state).Bind(3, due)
            .Bind(4, StoredInstants.ToTicks(created.CreatedAt)).Bind(5, TimerSchema.NoClaim)
            .Bind(6, created.Fingerprint).Bind(7, spec).Run();
        if (added == 0)
        {
            return;
        }

        deltas.Add(state, 1);
        if (created.Spec.Tags is { Count: > 0 })
        {
            AddTags(connection, connection.LastInsertRowId, created.Spec);
        }
    }

    private static void AddTags(SqliteConnection connection, long seq, TimerSpec spec)
    {
        foreach (var tag in spec.Tags ?? [])
        {
            connection.Statement("INSERT OR IGNORE INTO tags (tag, timer) VALUES (?1, ?2)").Bind(1, tag).Bind(2, seq).Run();
        }
    }

    private static void RemoveTags(SqliteConnection connection, long seq, TimerSpec spec)
    {
        foreach (var tag in spec.Tags ?? [])
        {
            connection.Statement("DELETE FROM tags WHERE tag = ?1 AND timer = ?2").Bind(1, tag).Bind(2, seq).Run();
        }
    }

    private static TimerRecord? FindRow(SqliteConnection connection, Guid key, bool withSpec, out long seq)
    {
        var statement = connection.Statement($"SELECT {TimerRows.Columns} FROM timers WHERE key = ?1").Bind(1, key);
        var row = statement.Step() ? TimerRows.Read(statement, withSpec) : null;
        seq = row is null ? 0 : statement.Int64(0);
        statement.Reset();
        return row;
    }

    /// <summary>Writes all of a row but its spec.</summary>
    private void Update(SqliteConnection connection, long seq, TimerRecord before, TimerRecord after, CountDeltas deltas)
    {
        var next = StoredInstants.ToMilliseconds(after.NextAt);
        var code = after.State == TimerState.Scheduled ? ScheduledCode(next) : TimerRows.ToCode(after.State, isNear: true);
        connection.Statement(
            "UPDATE timers SET state = ?1, next_at = ?2, due_at = ?3, claim = ?4, version = ?5, occurrence = ?6, attempts = ?7, "
            + "attempts_before_replay = ?8, pending = ?9, may_still_arrive = ?10 WHERE seq = ?11")
            .Bind(1, code).Bind(2, next).Bind(3, StoredInstants.ToMilliseconds(after.DueAt))
            .Bind(4, after.Claim?.Value ?? TimerSchema.NoClaim).Bind(5, after.Version).Bind(6, after.Occurrence)
            .Bind(7, after.Attempts).Bind(8, after.AttemptsBeforeReplay).Bind(9, (long)after.Pending)
            .Bind(10, after.MayStillArrive ? 1 : 0).Bind(11, seq).Run();
        deltas.Add(TimerRows.ToCode(before.State, isNear: true), -1);
        deltas.Add(TimerRows.ToCode(after.State, isNear: true), 1);
    }

    /// <summary>One page in descending order of arrival. Conditions without an index are checked row by row, up to a bound.</summary>
    private static TimerPage List(SqliteConnection connection, TimerQuery query)
    {
        var statement = Candidates(connection, query).Bind(1, query.Cursor?.Position ?? long.MaxValue);
        var from = query.DueFrom is { } dueFrom ? StoredInstants.AtOrAfter(dueFrom) : long.MinValue;
        var to = query.DueTo is { } dueTo ? StoredInstants.AtOrAfter(dueTo) : long.MaxValue;
        var items = new List<TimerRecord>();
        long? next = null;
        var more = false;
        long bytes = 0;
        for (var examined = 0; statement.Step(); examined++)
        {
            if (items.Count == query.Limit || examined == MostRowsExamined || bytes > MostPageBytes)
            {
                more = true;
                break;
            }

            next = statement.Int64(0);
            var due = statement.Int64(TimerRows.DueAtColumn);
            if (due >= from && due < to && (query.State is not { } state || TimerRows.ToState(statement.Int32(TimerRows.StateColumn)) == state))
            {
                items.Add(TimerRows.Read(statement));
                bytes += statement.BlobLength(TimerRows.SpecColumn);
            }
        }

        statement.Reset();
        return new TimerPage(items, more && next is { } last ? new TimerCursor(last) : null);
    }

    private static SqliteStatement Candidates(SqliteConnection connection, TimerQuery query)
    {
        if (query.Tag is { } tag)
        {
            return connection.Statement(CandidatesByTag).Bind(2, tag);
        }

        return query.State is TimerState.Paused or TimerState.Ambiguous or TimerState.Failed or TimerState.Cancelled
            ? connection.Statement(CandidatesByState).Bind(2, TimerRows.ToCode(query.State.Value, isNear: true))
            : connection.Statement($"SELECT {TimerRows.Columns} FROM timers WHERE seq < ?1 ORDER BY seq DESC");
    }

    private const string CandidatesByTag =
        $"SELECT {TimerRows.Columns} FROM tags JOIN timers ON seq = timer WHERE tag = ?2 AND timer < ?1 ORDER BY timer DESC";

    private const string CandidatesByState =
        $"SELECT {TimerRows.Columns} FROM timers INDEXED BY timers_listed "
        + "WHERE state >= 6 AND state <> 10 AND state = ?2 AND seq < ?1 ORDER BY seq DESC";

    private int ScheduledCode(long nextAt) => nextAt / TimerSchema.MillisecondsPerDay <= nearDay ? TimerSchema.Near : TimerSchema.Far;

    private static long Day(DateTimeOffset instant) => StoredInstants.ToMilliseconds(instant) / TimerSchema.MillisecondsPerDay;
}
