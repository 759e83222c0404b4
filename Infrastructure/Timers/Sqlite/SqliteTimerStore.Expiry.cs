using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Timers.Sqlite;

/// <content>Paused timers that expire.</content>
internal sealed partial class SqliteTimerStore
{
    private const string ExpiredRows =
        $"SELECT {TimerRows.Columns} FROM timers INDEXED BY timers_expiring "
        + "WHERE state = 6 AND expires_at IS NOT NULL AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2";

    public async Task<IReadOnlyList<TimerRecord>> ExpireAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        // Nearly always there is none, and no turn at the writer is needed.
        var isAny = await file.ReadForRunnerAsync(connection => FindExpired(connection, now, limit: 1).Count > 0, cancellationToken);
        return !isAny ? [] : await file.Writer.RunAsync<IReadOnlyList<TimerRecord>>(
            WritePriority.Upkeep, limit, connection => Expire(connection, now, limit), cancellationToken);
    }

    private List<TimerRecord> Expire(SqliteConnection connection, DateTimeOffset now, int limit)
    {
        var ended = new List<TimerRecord>();
        var deltas = new CountDeltas();
        foreach (var stored in FindExpired(connection, now, limit))
        {
            if (ClaimSettlement.Expired(stored.Row, now) is { } expired)
            {
                Update(connection, stored, expired, deltas);
                ended.Add(expired with { Tenant = SqliteTenants.FindName(connection, stored.Tenant) ?? TimerRows.TenantUnread });
            }
        }

        deltas.Write(connection);
        return ended;
    }

    /// <summary>A damaged row stays paused.</summary>
    private List<StoredTimer> FindExpired(SqliteConnection connection, DateTimeOffset now, int limit)
    {
        var found = new List<StoredTimer>();
        var rows = connection.Statement(ExpiredRows).Bind(1, StoredInstants.ToMilliseconds(now)).Bind(2, limit);
        while (rows.Step())
        {
            if (TimerRows.TryRead(rows, TimerRows.TenantUnread, withSpec: true, file.Damage) is { } row)
            {
                found.Add(new StoredTimer(rows.Int64(0), rows.Int64(TimerRows.TenantColumn), row));
            }
        }

        rows.Reset();
        return found;
    }
}
