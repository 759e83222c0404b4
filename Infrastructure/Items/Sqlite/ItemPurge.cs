using System.Globalization;
using System.Runtime.InteropServices;
using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Infrastructure.Items.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Items.Sqlite;

/// <summary>
/// Deletes transfers of old days, except the latest one of each item. Of the others a claim is left until it is forgotten: id and source,
/// so that nothing is counted again, and the instant, so that counts can still be compared.
/// </summary>
internal static class ItemPurge
{
    /// <summary>A transfer may lie this far ahead of its arrival (five minutes), and clocks may differ.</summary>
    private static readonly TimeSpan MaxAhead = TimeSpan.FromHours(1);

    /// <summary>How far it is.</summary>
    public static State Read(SqliteConnection connection)
    {
        var row = connection.Statement("SELECT before, walked, forgotten FROM purged");
        var state = row.Step() ? new State(row.Int64(0), row.Int64(1), row.Int64(2)) : State.None;
        row.Reset();
        return state;
    }

    /// <summary>Whether a transfer of an id was purged.</summary>
    public static bool IsClaimed(SqliteConnection connection, long tenant, Guid item, string eventId) => IsThere(
        connection.Statement("SELECT 1 FROM claims WHERE tenant = ?1 AND item = ?2 AND event = ?3")
            .Bind(1, tenant).Bind(2, item).Bind(3, eventId));

    /// <summary>Notes an item that was transferred just now if the purge has left an older transfer, which has to go.</summary>
    public static void NoteReplaced(SqliteConnection connection, long tenant, Guid item, long before) => connection.Statement(
        """
        INSERT OR IGNORE INTO replaced (tenant, item)
        SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM transfers WHERE tenant = ?1 AND item = ?2 AND at < ?3)
        """).Bind(1, tenant).Bind(2, item).Bind(3, before).Run();

    /// <inheritdoc cref="IItemStore.PurgeAsync"/>
    public static PurgeStep Run(SqliteConnection connection, ItemExpiry expiry, string? after, int limit)
    {
        var end = ItemTime.StartOfDay(expiry.Before);
        Raise(connection, end);
        var state = Read(connection);
        var (deleted, isMore) = PurgeReplaced(connection, state.Before, expiry.Now, limit);
        var forgotten = Forget(connection, expiry.ForgetBefore, Math.Max(0, limit - deleted));
        if (isMore || deleted + forgotten >= limit)
        {
            return new PurgeStep(deleted, after ?? string.Empty);
        }

        // What was looked at in an earlier pass is either gone or the latest of its item.
        return state.Walked >= end
            ? new PurgeStep(deleted, null)
            : Walk(connection, (state.Walked, end, expiry.Now), Cursor.Parse(after), (deleted, limit - deleted - forgotten));
    }

    private static void Raise(SqliteConnection connection, long before)
    {
        if (before > long.MinValue
            && connection.Statement("UPDATE purged SET before = max(before, ?1)").Bind(1, before).Run() == 0)
        {
            connection.Statement("INSERT INTO purged (before, walked, forgotten) VALUES (?1, ?2, ?2)")
                .Bind(1, before).Bind(2, long.MinValue).Run();
        }
    }

    private static (int Deleted, bool IsMore) PurgeReplaced(SqliteConnection connection, long before, long now, int limit)
    {
        var items = FindReplaced(connection, limit);
        var deleted = 0;
        foreach (var (tenant, item) in items)
        {
            var left = limit - deleted;
            var old = left > 0 ? FindOld(connection, tenant, item, before, left) : [];
            var gone = old.Count(each => TryRetire(connection, each, now));
            deleted += gone;
            if (old.Count < left || (left > 0 && gone == 0))
            {
                connection.Statement("DELETE FROM replaced WHERE tenant = ?1 AND item = ?2").Bind(1, tenant).Bind(2, item).Run();
            }
        }

        return (deleted, items.Count == limit);
    }

    /// <summary>Forgets claims; the days that they lie in are compared no more.</summary>
    private static int Forget(SqliteConnection connection, long before, int limit)
    {
        var rows = connection.Statement("SELECT tenant, item, event, at FROM claims WHERE retired < ?1 ORDER BY retired LIMIT ?2")
            .Bind(1, before).Bind(2, limit);
        var claims = new List<(long Tenant, Guid Item, string Event, long At)>();
        while (rows.Step())
        {
            claims.Add((rows.Int64(0), rows.Guid(1), rows.Text(2), rows.Int64(3)));
        }

        rows.Reset();
        foreach (var claim in claims)
        {
            connection.Statement("DELETE FROM claims WHERE tenant = ?1 AND item = ?2 AND event = ?3")
                .Bind(1, claim.Tenant).Bind(2, claim.Item).Bind(3, claim.Event).Run();
        }

        if (claims.Count > 0)
        {
            connection.Statement("UPDATE purged SET forgotten = max(forgotten, ?1)")
                .Bind(1, ItemTime.StartOfDay(claims.Max(each => each.At)) + TimeSpan.TicksPerDay).Run();
        }

        return claims.Count;
    }

    /// <summary>Looks at the transfers of a span of time, tenant by tenant, and then deletes what is left of their arrivals.</summary>
    private static PurgeStep Walk(
        SqliteConnection connection, (long From, long End, long Now) span, Cursor after, (int Deleted, int Left) step)
    {
        foreach (var tenant in SqliteTenants.List(connection).Where(tenant => tenant >= after.Tenant))
        {
            after = tenant == after.Tenant ? after : new Cursor(tenant);
            var old = FindOld(connection, after, span.From, span.End, step.Left);
            foreach (var each in old)
            {
                if (TryRetire(connection, each, span.Now))
                {
                    step.Deleted++;
                }
                else
                {
                    KeepArrival(connection, each);
                }
            }

            after = old.Count > 0 ? Cursor.Behind(old[^1]) : after;
            step.Left -= old.Count;
            if (step.Left <= 0)
            {
                return new PurgeStep(step.Deleted, after.ToString());
            }
        }

        if (PurgeArrivals(connection, span.End, step.Left) == step.Left)
        {
            return new PurgeStep(step.Deleted, after.ToString());
        }

        connection.Statement("UPDATE purged SET walked = max(walked, ?1)").Bind(1, span.End).Run();
        return new PurgeStep(step.Deleted, null);
    }

    /// <summary>Leaves the claim of a transfer alone, unless it is the latest of its item.</summary>
    private static bool TryRetire(SqliteConnection connection, Old old, long now)
    {
        if (!IsThere(connection.Statement(
            "SELECT 1 FROM transfers WHERE tenant = ?1 AND item = ?2 AND (at, log, offset) > (?3, ?4, ?5) LIMIT 1")
            .Bind(1, old.Tenant).Bind(2, old.Item).Bind(3, old.At).Bind(4, old.Log).Bind(5, old.Offset)))
        {
            return false;
        }

        connection.Statement(
            "INSERT INTO claims (tenant, item, event, at, log, offset, retired) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            .Bind(1, old.Tenant).Bind(2, old.Item).Bind(3, old.Event).Bind(4, old.At).Bind(5, old.Log).Bind(6, old.Offset)
            .Bind(7, now).Run();
        connection.Statement("DELETE FROM transfers WHERE tenant = ?1 AND item = ?2 AND event = ?3")
            .Bind(1, old.Tenant).Bind(2, old.Item).Bind(3, old.Event).Run();
        return true;
    }

    private static void KeepArrival(SqliteConnection connection, Old old)
    {
        var stamp = SqliteSources.FindArrival(connection, old.Log, old.Offset);
        connection.Statement(
            """
            UPDATE transfers SET received_at = ?4, address = CASE recipient WHEN ?6 THEN NULL ELSE ?5 END
            WHERE tenant = ?1 AND item = ?2 AND event = ?3 AND received_at IS NULL
            """)
            .Bind(1, old.Tenant).Bind(2, old.Item).Bind(3, old.Event).Bind(4, StoredInstants.ToMilliseconds(stamp.ReceivedAt))
            .Bind(5, stamp.Address).Bind(6, Guid.Empty).Run();
    }

    /// <summary>Of what came longer ago, nothing is left that does not have its own.</summary>
    private static int PurgeArrivals(SqliteConnection connection, long before, int limit) =>
        !TickTime.IsValid(before - MaxAhead.Ticks) ? 0 : connection.Statement(
            "DELETE FROM arrivals WHERE (log, offset) IN (SELECT log, offset FROM arrivals WHERE received_at < ?1 LIMIT ?2)")
            .Bind(1, StoredInstants.ToMilliseconds(TickTime.ToInstant(before - MaxAhead.Ticks))).Bind(2, limit).Run();

    private static List<(long Tenant, Guid Item)> FindReplaced(SqliteConnection connection, int limit)
    {
        var rows = connection.Statement("SELECT tenant, item FROM replaced LIMIT ?1").Bind(1, limit);
        var found = new List<(long, Guid)>();
        while (rows.Step())
        {
            found.Add((rows.Int64(0), rows.Guid(1)));
        }

        rows.Reset();
        return found;
    }

    private static List<Old> FindOld(SqliteConnection connection, long tenant, Guid item, long before, int limit) => ReadOld(
        connection.Statement(
            """
            SELECT tenant, item, event, at, log, offset FROM transfers
            WHERE tenant = ?1 AND item = ?2 AND at < ?3 ORDER BY at, log, offset LIMIT ?4
            """).Bind(1, tenant).Bind(2, item).Bind(3, before).Bind(4, limit));

    private static List<Old> FindOld(SqliteConnection connection, Cursor after, long from, long end, int limit) => ReadOld(
        connection.Statement(
            """
            SELECT tenant, item, event, at, log, offset FROM transfers
            WHERE tenant = ?1 AND at >= ?2 AND at < ?3 AND (at, item, event) > (?4, ?5, ?6) ORDER BY at, item, event LIMIT ?7
            """)
            .Bind(1, after.Tenant).Bind(2, from).Bind(3, end).Bind(4, after.At).Bind(5, after.Item).Bind(6, after.Event).Bind(7, limit));

    private static List<Old> ReadOld(SqliteStatement rows)
    {
        var found = new List<Old>();
        while (rows.Step())
        {
            found.Add(new Old(rows.Int64(0), rows.Guid(1), rows.Text(2), rows.Int64(3), rows.Int64(4), rows.Int64(5)));
        }

        rows.Reset();
        return found;
    }

    private static bool IsThere(SqliteStatement row)
    {
        var found = row.Step();
        row.Reset();
        return found;
    }

    /// <summary>How far a purge is.</summary>
    /// <param name="Before">The instant before which no transfer can be stored.</param>
    /// <param name="Walked">The instant before which every transfer was looked at.</param>
    /// <param name="Forgotten">The instant before which claims may be forgotten.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct State(long Before, long Walked, long Forgotten)
    {
        public static State None { get; } = new(long.MinValue, long.MinValue, long.MinValue);
    }

    /// <summary>A transfer that may be purged.</summary>
    private sealed record Old(long Tenant, Guid Item, string Event, long At, long Log, long Offset);

    /// <summary>The transfer that was looked at last.</summary>
    private sealed record Cursor(long Tenant, long At = long.MinValue, Guid Item = default, string Event = "")
    {
        public static Cursor Behind(Old old) => new(old.Tenant, old.At, old.Item, old.Event);

        public static Cursor Parse(string? text)
        {
            // An id of an event may have spaces.
            var parts = string.IsNullOrEmpty(text) ? [] : text.Split(' ', 4);
            return parts.Length == 0
                ? new Cursor(SqliteTenants.Default)
                : new Cursor(Number(parts[0]), Number(parts[1]), Guid.ParseExact(parts[2], "N"), parts[3]);

            static long Number(string part) => long.Parse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tenant} {At} {Item:N} {Event}");
    }
}
