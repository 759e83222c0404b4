using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Common;

namespace Infrastructure.Timers.Sqlite;

/// <summary>Timers in one SQLite file: what clients and the Consumer use. What the Runner uses is in the other part.</summary>
internal sealed partial class SqliteTimerStore : ITimerStore, IDueTimers, IDisposable
{
    private const int RowsPerTransaction = 1_000;

    private readonly SqliteFile file;
    private readonly TimeProvider time;

    private readonly FarTimers far;

    /// <param name="file">The file of the timers, with its schema.</param>
    /// <param name="time">The clock for the current day.</param>
    public SqliteTimerStore(SqliteFile file, TimeProvider time)
    {
        this.time = time;
        this.file = file;
        far = new FarTimers(file, time.GetUtcNow());
        ReportDamaged();
    }

    /// <param name="path">The file; <c>:memory:</c> for one that vanishes with the process.</param>
    /// <param name="time">The clock for the current day.</param>
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
            // Timers must not be reported as refused if some of them may be stored.
            throw new StoreUnavailableException(WriteOutcome.Unknown, failure.Message, failure);
        }
    }

    public Task<IReadOnlyList<TimerRecord>> FindAsync(string tenant, IReadOnlyList<Guid> keys, CancellationToken cancellationToken) =>
        file.ReadAsync<IReadOnlyList<TimerRecord>>(
            connection =>
            {
                if (SqliteTenants.Find(connection, tenant) is not { } number)
                {
                    return [];
                }

                var found = new List<TimerRecord>(keys.Count);
                foreach (var key in keys)
                {
                    var row = connection.Statement(RowOfKey).Bind(1, key);
                    if (row.Step() && row.Int64(TimerRows.TenantColumn) == number)
                    {
                        var timer = TimerRows.TryRead(row, tenant, withSpec: true, file.Damage);
                        if (timer is null && keys.Count == 1)
                        {
                            row.Reset();
                            throw new StoreUnavailableException(WriteOutcome.Refused, "The stored timer is damaged and cannot be read.");
                        }

                        found.AddRange(timer is null ? [] : [timer]);
                    }

                    row.Reset();
                }

                return found;
            },
            cancellationToken);

    public Task<IReadOnlyList<AttemptRecord>> FindAttemptsAsync(string tenant, Guid key, CancellationToken cancellationToken) =>
        ReadAttemptsAsync($"{AttemptsOfTimer} ORDER BY occurrence, number, claim", tenant, key, cancellationToken);

    public async Task<AttemptRecord?> FindLastAttemptAsync(string tenant, Guid key, CancellationToken cancellationToken) =>
        await ReadAttemptsAsync(LastAttemptOfTimer, tenant, key, cancellationToken) is [var last] ? last : null;

    public Task<TimerPage> ListAsync(TimerQuery query, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => TimerListing.Read(connection, query, file.Damage), cancellationToken);

    public Task<TimerCounts> CountAsync(string tenant, CancellationToken cancellationToken) =>
        file.ReadAsync(
            connection =>
            {
                var counts = new Dictionary<TimerState, long>();
                var rows = connection.Statement("SELECT state, timers FROM counts WHERE tenant = ?1 AND timers <> 0 AND state <> 8")
                    .Bind(1, SqliteTenants.Find(connection, tenant));
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
                if (FindUnchanged(connection, read) is not { } stored)
                {
                    return false;
                }

                var deltas = new CountDeltas();
                Update(connection, stored, changed, deltas);
                if (spec is not null)
                {
                    connection.Statement("UPDATE timers SET spec = ?1 WHERE seq = ?2").Bind(1, spec).Bind(2, stored.Seq).Run();
                    RemoveTags(connection, stored.Tenant, stored.Seq, read.Spec);
                    AddTags(connection, stored.Tenant, stored.Seq, changed.Spec);
                }

                if (read.Fingerprint != changed.Fingerprint)
                {
                    connection.Statement("UPDATE timers SET fingerprint = ?1 WHERE seq = ?2")
                        .Bind(1, changed.Fingerprint).Bind(2, stored.Seq).Run();
                }

                deltas.Write(connection);
                return true;
            },
            cancellationToken);
    }

    public void Dispose() => file.Dispose();

    private const string RowOfKey = $"SELECT {TimerRows.Columns} FROM timers WHERE key = ?1";

    private const string AttemptsOfTimer =
        "SELECT occurrence, number, started_at, latency, lateness, status, error, response FROM attempts "
        + "WHERE timer = (SELECT seq FROM timers WHERE key = ?1 AND tenant = ?2)";

    private const string LastAttemptOfTimer = AttemptsOfTimer + " ORDER BY occurrence DESC, number DESC, claim DESC LIMIT 1";

    private Task<IReadOnlyList<AttemptRecord>> ReadAttemptsAsync(
        string sql, string tenant, Guid key, CancellationToken cancellationToken) =>
        file.ReadAsync<IReadOnlyList<AttemptRecord>>(
            connection =>
            {
                var attempts = new List<AttemptRecord>();
                var rows = connection.Statement(sql).Bind(1, key).Bind(2, SqliteTenants.Find(connection, tenant));
                while (rows.Step())
                {
                    attempts.Add(TimerRows.ReadAttempt(rows));
                }

                rows.Reset();
                return attempts;
            },
            cancellationToken);

    /// <summary>Timers that an earlier process found damaged are still there.</summary>
    private void ReportDamaged()
    {
        var damaged = file.ReadAsync(
            connection =>
            {
                var rows = connection.Statement("SELECT sum(timers) FROM counts WHERE state = 8");
                var count = rows.Step() ? rows.Int64(0) : 0;
                rows.Reset();
                return count;
            },
            CancellationToken.None).GetAwaiter().GetResult();
        if (damaged > 0)
        {
            file.Damage.Add($"{damaged} timers of {file.Name} were found damaged when they fell due, and set aside.");
        }
    }

    private static bool MayBeStored(Task chunk) =>
        chunk.Exception?.InnerException is not StoreUnavailableException { Outcome: WriteOutcome.Refused };

    private async Task AddChunkAsync(
        IReadOnlyList<Received<TimerScheduled>> created, int start, int count, CancellationToken cancellationToken)
    {
        // Serialised here and not by the writer: many callers can do this at once, but there is only one writer.
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
                var anyErased = AnyErased(connection);
                (string? Name, long Number) tenant = default;
                for (var i = 0; i < count; i++)
                {
                    var each = created[start + i];
                    if (each.Tenant != tenant.Name)
                    {
                        tenant = (each.Tenant, SqliteTenants.Ensure(connection, each.Tenant));
                    }

                    if ((anyErased ? NextOccurrence(connection, each.Message) : 1) is { } occurrence)
                    {
                        Insert(connection, tenant.Number, each.Message, specs[i], occurrence, deltas);
                    }
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

    private void Insert(
        SqliteConnection connection, long tenant, TimerScheduled created, byte[] spec, int occurrence, CountDeltas deltas)
    {
        var due = StoredInstants.ToMilliseconds(created.DueAt);
        long? expiry = created.Spec.ExpiryOf(created.DueAt) is { } end ? StoredInstants.ToMilliseconds(end) : null;
        var next = expiry < due ? expiry.Value : due;
        var state = far.CodeOf(next);
        var statement = connection.Statement(
            "INSERT INTO timers (key, state, next_at, due_at, created_at, claim, version, occurrence, attempts, "
            + "attempts_before_replay, pending, may_still_arrive, fingerprint, spec, tenant, expires_at) "
            + "VALUES (?1, ?2, ?10, ?3, ?4, ?5, 1, ?9, 0, 0, 0, 0, ?6, ?7, ?8, ?11) ON CONFLICT (key) DO NOTHING");
        var added = statement.Bind(1, created.TimerId).Bind(2, state).Bind(3, due)
            .Bind(4, StoredInstants.ToTicks(created.CreatedAt)).Bind(5, TimerSchema.NoClaim)
            .Bind(6, created.Fingerprint).Bind(7, spec).Bind(8, tenant).Bind(9, occurrence)
            .Bind(10, next).Bind(11, expiry).Run();
        if (added == 0)
        {
            return;
        }

        deltas.Add(tenant, state, 1);
        if (created.Spec.Tags is { Count: > 0 })
        {
            AddTags(connection, tenant, connection.LastInsertRowId, created.Spec);
        }
    }

    private static void AddTags(SqliteConnection connection, long tenant, long seq, TimerSpec spec)
    {
        foreach (var tag in spec.Tags ?? [])
        {
            connection.Statement("INSERT OR IGNORE INTO tags (tenant, tag, timer) VALUES (?1, ?2, ?3)")
                .Bind(1, tenant).Bind(2, tag).Bind(3, seq).Run();
        }
    }

    private static void RemoveTags(SqliteConnection connection, long tenant, long seq, TimerSpec spec)
    {
        foreach (var tag in spec.Tags ?? [])
        {
            connection.Statement("DELETE FROM tags WHERE tenant = ?1 AND tag = ?2 AND timer = ?3")
                .Bind(1, tenant).Bind(2, tag).Bind(3, seq).Run();
        }
    }

    /// <summary>The row of a timer that nobody has changed since it was read; null if somebody has.</summary>
    private static StoredTimer? FindUnchanged(SqliteConnection connection, TimerRecord read) =>
        FindRow(connection, read.Key, withSpec: false) is { Row: { } now } stored
            && (now.Version, now.State, now.Claim) == (read.Version, read.State, read.Claim) ? stored : null;

    private static StoredTimer? FindRow(SqliteConnection connection, Guid key, bool withSpec, string tenant = TimerRows.TenantUnread)
    {
        var statement = connection.Statement(RowOfKey).Bind(1, key);
        var stored = statement.Step() ? TimerRows.ReadStored(statement, tenant, withSpec) : null;
        statement.Reset();
        return stored;
    }

    /// <summary>Writes all columns of a row except its spec.</summary>
    private void Update(SqliteConnection connection, StoredTimer before, TimerRecord after, CountDeltas deltas)
    {
        var next = StoredInstants.ToMilliseconds(after.NextAt);
        long? expiry = after.ExpiresAt is { } end ? StoredInstants.ToMilliseconds(end) : null;
        var code = after.State == TimerState.Scheduled ? far.CodeOf(next) : TimerRows.ToCode(after.State, isNear: true);
        connection.Statement(
            "UPDATE timers SET state = ?1, next_at = ?2, due_at = ?3, claim = ?4, version = ?5, occurrence = ?6, attempts = ?7, "
            + "attempts_before_replay = ?8, pending = ?9, may_still_arrive = ?10, expires_at = ?12 WHERE seq = ?11")
            .Bind(1, code).Bind(2, next).Bind(3, StoredInstants.ToMilliseconds(after.DueAt))
            .Bind(4, after.Claim?.Value ?? TimerSchema.NoClaim).Bind(5, after.Version).Bind(6, after.Occurrence)
            .Bind(7, after.Attempts).Bind(8, after.AttemptsBeforeReplay).Bind(9, (long)after.Pending)
            .Bind(10, after.MayStillArrive ? 1 : 0).Bind(11, before.Seq)
            .Bind(12, expiry).Run();
        deltas.Add(before.Tenant, TimerRows.ToCode(before.Row.State, isNear: true), -1);
        deltas.Add(before.Tenant, TimerRows.ToCode(after.State, isNear: true), 1);
    }
}
