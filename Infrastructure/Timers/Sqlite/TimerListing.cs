using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Timers.Sqlite;

/// <summary>
/// One page of a listing in descending order of arrival. Conditions without an index are checked row by row, up to a bound.
/// </summary>
internal static class TimerListing
{
    /// <summary>Maximum number of rows that one page examines; about 20 ms.</summary>
    private const int MaxRowsExamined = 20_000;

    /// <summary>Maximum bytes of contents in one page, give or take one timer: a page ends early rather than fill the memory.</summary>
    private const long MaxPageBytes = 4 << 20;

    private const string ByTag =
        $"SELECT {TimerRows.Columns} FROM tags JOIN timers ON seq = timer "
        + "WHERE tags.tenant = ?2 AND tag = ?3 AND timer < ?1 ORDER BY timer DESC";

    private const string ByState =
        $"SELECT {TimerRows.Columns} FROM timers INDEXED BY timers_listed "
        + "WHERE state >= 6 AND state <> 10 AND tenant = ?2 AND state = ?3 AND seq < ?1 ORDER BY seq DESC";

    private const string OfTenant =
        $"SELECT {TimerRows.Columns} FROM timers INDEXED BY timers_of_tenants "
        + "WHERE tenant <> 0 AND tenant = ?2 AND seq < ?1 ORDER BY seq DESC";

    // Scans the table itself, and skips other tenants' rows in between.
    private const string OfDefault = $"SELECT {TimerRows.Columns} FROM timers WHERE seq < ?1 ORDER BY seq DESC";

    public static TimerPage Read(SqliteConnection connection, TimerQuery query, DamageReport damage)
    {
        if (SqliteTenants.Find(connection, query.Tenant) is not { } tenant)
        {
            return new TimerPage([], null);
        }

        var statement = Candidates(connection, query, tenant).Bind(1, query.Cursor?.Position ?? long.MaxValue);
        var from = query.DueFrom is { } dueFrom ? StoredInstants.AtOrAfter(dueFrom) : long.MinValue;
        var to = query.DueTo is { } dueTo ? StoredInstants.AtOrAfter(dueTo) : long.MaxValue;
        var items = new List<TimerRecord>();
        long? next = null;
        var more = false;
        long bytes = 0;
        for (var examined = 0; statement.Step(); examined++)
        {
            if (items.Count == query.Limit || examined == MaxRowsExamined || bytes > MaxPageBytes)
            {
                more = true;
                break;
            }

            next = statement.Int64(0);
            var due = statement.Int64(TimerRows.DueAtColumn);
            if (statement.Int64(TimerRows.TenantColumn) == tenant && due >= from && due < to
                && (query.State is not { } state || TimerRows.IsIn(state, statement.Int32(TimerRows.StateColumn)))
                && TimerRows.TryRead(statement, query.Tenant, withSpec: true, damage) is { } timer
                && query.Tags.Skip(1).All(tag => timer.Spec.Tags?.Contains(tag) == true))
            {
                items.Add(timer);
                bytes += statement.BlobLength(TimerRows.SpecColumn);
            }
        }

        statement.Reset();
        return new TimerPage(items, more && next is { } last ? new TimerCursor(last) : null);
    }

    private static SqliteStatement Candidates(SqliteConnection connection, TimerQuery query, long tenant)
    {
        if (query.Tags is [var tag, ..])
        {
            return connection.Statement(ByTag).Bind(2, tenant).Bind(3, tag);
        }

        if (query.State is TimerState.Paused or TimerState.Ambiguous or TimerState.Failed or TimerState.Cancelled
            or TimerState.Expired)
        {
            return connection.Statement(ByState).Bind(2, tenant).Bind(3, TimerRows.ToCode(query.State.Value, isNear: true));
        }

        return tenant == SqliteTenants.Default ? connection.Statement(OfDefault) : connection.Statement(OfTenant).Bind(2, tenant);
    }
}
