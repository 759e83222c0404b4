using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Common;

namespace Infrastructure.Timers.Sqlite;

/// <content>The Runner's side.</content>
internal sealed partial class SqliteTimerStore
{
    private const string DueRows =
        $"SELECT {TimerRows.Columns} FROM timers INDEXED BY timers_due "
        + "WHERE state = 2 AND next_at > ?1 AND next_at <= ?2 ORDER BY next_at, seq LIMIT ?3";

    // Exactly the rows that DueRows returned, up to its last one; both run in one transaction.
    private const string ArmRows =
        "UPDATE timers INDEXED BY timers_due SET state = 4, claim = ?1 "
        + "WHERE state = 2 AND next_at > ?2 AND next_at <= ?3 AND (next_at < ?3 OR seq <= ?4)";

    public async Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        if (request.After != DateTimeOffset.MinValue)
        {
            // What is overdue comes with the upkeep, which goes first as long as any is left.
            await far.EnsureClaimableAsync(request.After, request.Until, cancellationToken);
        }

        // Most polls find nothing; those need no turn at the writer.
        if (await CountDueAsync(request with { Limit = 1 }, cancellationToken) == 0)
        {
            return [];
        }

        var (token, rows) = await file.Writer.RunAsync(
            WritePriority.Claims, Math.Min(request.Limit, RowsPerTransaction), connection => Claim(connection, request), cancellationToken);

        // Read here rather than on the writer's thread, which others wait for.
        var claimed = new ClaimedTimer[rows.Count];
        for (var i = 0; i < claimed.Length; i++)
        {
            var (row, spec) = rows[i];
            claimed[i] = new ClaimedTimer(
                row.Key, token, row.DueAt, row.NextAt, row.Occurrence, row.Attempts, row.AttemptsBeforeReplay, StoredSpec.Read(spec))
            {
                Runner = request.Runner,
                Tenant = row.Tenant,
                ExpiresAt = row.ExpiresAt,
            };
        }

        return claimed;
    }

    public Task<int> CountDueAsync(ClaimRequest request, CancellationToken cancellationToken) =>
        file.ReadForRunnerAsync(
            connection =>
            {
                var statement = connection.Statement(
                    "SELECT count(*) FROM (SELECT 1 FROM timers INDEXED BY timers_due WHERE state = 2 AND next_at > ?1 AND next_at <= ?2 "
                        + "LIMIT ?3)");
                statement.Bind(1, StoredInstants.ToLowerBound(request.After))
                    .Bind(2, StoredInstants.ToMilliseconds(request.Until)).Bind(3, request.Limit).Step();
                var count = statement.Int32(0);
                statement.Reset();
                return count;
            },
            cancellationToken);

    public Task<IReadOnlyList<ClaimedTimer>> MarkSendingAsync(IReadOnlyList<ClaimedTimer> timers, CancellationToken cancellationToken) =>
        file.Writer.RunAsync<IReadOnlyList<ClaimedTimer>>(
            WritePriority.Outcomes,
            timers.Count,
            connection =>
            {
                var marked = new List<ClaimedTimer>(timers.Count);
                var deltas = new CountDeltas();
                foreach (var timer in timers)
                {
                    var changed = connection.Statement("UPDATE timers SET state = 5 WHERE key = ?1 AND state = 4 AND claim = ?2")
                        .Bind(1, timer.Key).Bind(2, timer.Token.Value).Run();
                    if (changed == 1)
                    {
                        var tenant = SqliteTenants.Ensure(connection, timer.Tenant);
                        marked.Add(timer);
                        deltas.Add(tenant, TimerSchema.Armed, -1);
                        deltas.Add(tenant, TimerSchema.Sending, 1);
                    }
                }

                deltas.Write(connection);
                return marked;
            },
            cancellationToken);

    public Task RecordAsync(IReadOnlyList<AttemptOutcome> outcomes, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            WritePriority.Outcomes,
            outcomes.Count,
            connection =>
            {
                var deltas = new CountDeltas();
                foreach (var outcome in outcomes)
                {
                    Record(connection, outcome, deltas);
                }

                deltas.Write(connection);
                return true;
            },
            cancellationToken);

    public Task HandBackAsync(IReadOnlyList<HandBack> timers, DateTimeOffset now, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            WritePriority.Outcomes,
            timers.Count,
            connection =>
            {
                var deltas = new CountDeltas();
                foreach (var timer in timers)
                {
                    if (FindRow(connection, timer.Key, withSpec: false) is { } stored
                        && ClaimSettlement.HandedBack(stored.Row, timer.Token, timer.NextAt, now) is { } changed)
                    {
                        Update(connection, stored, changed, deltas);
                    }
                }

                deltas.Write(connection);
                return true;
            },
            cancellationToken);

    public async Task<int> ReclaimAsync(DateTimeOffset now, ISet<string>? tenants, CancellationToken cancellationToken)
    {
        var reclaimed = 0;
        int step;
        do
        {
            (step, var names) = await file.Writer.RunAsync(
                WritePriority.Claims, RowsPerTransaction, connection => ReclaimStep(connection, now), cancellationToken);
            reclaimed += step;
            tenants?.UnionWith(names);
        }
        while (step == RowsPerTransaction);

        return reclaimed;
    }

    public Task<int> PurgeAsync(DateTimeOffset finishedBefore, int limit, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(WritePriority.Upkeep, limit, connection => Purge(connection, finishedBefore, limit), cancellationToken);

    public Task<bool> MaintainAsync(DateTimeOffset now, CancellationToken cancellationToken) => far.MoveStepAsync(now, cancellationToken);

    private (ClaimToken Token, List<(TimerRecord Row, byte[] Spec)> Rows) Claim(SqliteConnection connection, ClaimRequest request)
    {
        var after = StoredInstants.ToLowerBound(request.After);
        var rows = new List<(TimerRecord Row, byte[] Spec)>();
        var due = connection.Statement(DueRows).Bind(1, after).Bind(2, StoredInstants.ToMilliseconds(request.Until)).Bind(3, request.Limit);
        var deltas = new CountDeltas();
        (long Number, string? Name)? tenant = null;
        var damaged = new List<long>();
        long bytes = 0, lastSeq = 0, lastNextAt = 0;
        while (due.Step())
        {
            bytes += due.BlobLength(TimerRows.SpecColumn);
            if (bytes > request.MaxBytes && rows.Count > 0)
            {
                break;
            }

            lastSeq = due.Int64(0);
            lastNextAt = due.Int64(TimerRows.NextAtColumn);
            var number = due.Int64(TimerRows.TenantColumn);
            if (tenant?.Number != number)
            {
                tenant = (number, SqliteTenants.FindName(connection, number));
            }

            deltas.Add(number, TimerSchema.Near, -1);
            if (TryRead(due, tenant.Value.Name) is { } row)
            {
                rows.Add((row, due.Blob(TimerRows.SpecColumn).ToArray()));
                deltas.Add(number, TimerSchema.Armed, 1);
            }
            else
            {
                damaged.Add(lastSeq);
                deltas.Add(number, TimerSchema.Damaged, 1);
            }
        }

        due.Reset();
        SetAside(connection, damaged);
        if (rows.Count == 0)
        {
            deltas.Write(connection);
            return (default, rows);
        }

        var token = NextToken(connection);
        var armed = connection.Statement(ArmRows).Bind(1, token.Value).Bind(2, after).Bind(3, lastNextAt).Bind(4, lastSeq).Run();
        if (armed != rows.Count)
        {
            throw new InvalidOperationException($"{armed} rows were armed, {rows.Count} were read.");
        }

        deltas.Write(connection);
        return (token, rows);
    }

    private TimerRecord? TryRead(SqliteStatement row, string? tenant)
    {
        if (tenant is null)
        {
            file.Damage.Add(TimerRows.Damaged(row.Int64(0), "its tenant is unknown."));
            return null;
        }

        return TimerRows.TryRead(row, tenant, withSpec: false, file.Damage);
    }

    /// <summary>What cannot be read must not be found due again and again, before all others.</summary>
    private static void SetAside(SqliteConnection connection, List<long> damaged)
    {
        foreach (var seq in damaged)
        {
            connection.Statement("UPDATE timers SET state = 8 WHERE seq = ?1").Bind(1, seq).Run();
        }
    }

    /// <summary>Drawn in the transaction of the claim itself, so no token is ever drawn twice.</summary>
    private static ClaimToken NextToken(SqliteConnection connection)
    {
        connection.Statement("UPDATE tokens SET last = last + 1").Run();
        var tokens = connection.Statement("SELECT last FROM tokens");
        tokens.Step();
        var token = new ClaimToken(tokens.Int64(0));
        tokens.Reset();
        return token;
    }

    private void Record(SqliteConnection connection, AttemptOutcome outcome, CountDeltas deltas)
    {
        if (FindRow(connection, outcome.Key, withSpec: false) is not { Seq: var seq } stored)
        {
            return;
        }

        var attempt = outcome.Attempt;
        connection.Statement(
            "INSERT OR IGNORE INTO attempts (timer, occurrence, number, claim, started_at, latency, lateness, status, error, response) "
            + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
            .Bind(1, seq).Bind(2, attempt.Occurrence).Bind(3, attempt.Number).Bind(4, outcome.Token.Value)
            .Bind(5, StoredInstants.ToMicroseconds(attempt.StartedAt)).Bind(6, (long)attempt.Latency.TotalMicroseconds)
            .Bind(7, (long)attempt.Lateness.TotalMicroseconds).Bind(8, attempt.Status).Bind(9, attempt.Error)
            .Bind(10, attempt.Response.Span).Run();

        var anySucceeded = outcome.State == TimerState.Failed && AnyAttemptSucceeded(connection, seq, attempt.Occurrence);
        if (ClaimSettlement.WithOutcome(stored.Row, outcome, anySucceeded) is { } settled)
        {
            Update(connection, stored, settled, deltas);
        }
    }

    private static bool AnyAttemptSucceeded(SqliteConnection connection, long seq, int occurrence)
    {
        var statement = connection.Statement(
            "SELECT 1 FROM attempts WHERE timer = ?1 AND occurrence = ?2 AND status BETWEEN 200 AND 299 AND error IS NULL LIMIT 1");
        var any = statement.Bind(1, seq).Bind(2, occurrence).Step();
        statement.Reset();
        return any;
    }

    private (int Count, List<string> Tenants) ReclaimStep(SqliteConnection connection, DateTimeOffset now)
    {
        var rows = new List<StoredTimer>();
        var deltas = new CountDeltas();
        var damaged = new List<long>();
        var statement = connection.Statement(
            $"SELECT {TimerRows.Columns} FROM timers INDEXED BY timers_claimed WHERE state IN (4, 5) LIMIT ?1").Bind(1, RowsPerTransaction);
        while (statement.Step())
        {
            var (seq, tenant) = (statement.Int64(0), statement.Int64(TimerRows.TenantColumn));
            if (TimerRows.TryRead(statement, TimerRows.TenantUnread, withSpec: true, file.Damage) is { } row)
            {
                rows.Add(new StoredTimer(seq, tenant, row));
            }
            else
            {
                damaged.Add(seq);
                deltas.Add(tenant, statement.Int32(TimerRows.StateColumn), -1);
                deltas.Add(tenant, TimerSchema.Damaged, 1);
            }
        }

        statement.Reset();
        SetAside(connection, damaged);
        foreach (var stored in rows)
        {
            Update(connection, stored, ClaimSettlement.Reclaimed(stored.Row, now)!, deltas);
        }

        deltas.Write(connection);
        var tenants = rows.Select(stored => stored.Tenant).Distinct()
            .Select(number => SqliteTenants.FindName(connection, number)).OfType<string>().ToList();
        return (rows.Count + damaged.Count, tenants);
    }

    private static int Purge(SqliteConnection connection, DateTimeOffset finishedBefore, int limit)
    {
        var rows = new List<(long Seq, int State, TimerSpec Spec, long Tenant)>();
        var statement = connection.Statement(
            "SELECT seq, state, spec, tenant FROM timers INDEXED BY timers_finished "
            + "WHERE state >= 10 AND next_at < ?1 ORDER BY next_at LIMIT ?2")
            .Bind(1, StoredInstants.ToMilliseconds(finishedBefore)).Bind(2, limit);
        while (statement.Step())
        {
            rows.Add((statement.Int64(0), statement.Int32(1), StoredSpec.Read(statement.Blob(2)), statement.Int64(3)));
        }

        statement.Reset();
        var deltas = new CountDeltas();
        foreach (var (seq, state, spec, tenant) in rows)
        {
            Delete(connection, seq, state, spec, tenant, deltas);
        }

        deltas.Write(connection);
        return rows.Count + (rows.Count < limit ? ForgetErased(connection, finishedBefore, limit - rows.Count) : 0);
    }
}
