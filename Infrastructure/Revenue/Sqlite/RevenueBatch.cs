using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Revenue;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>Messages that are stored in one transaction: each entry once, and one update for each balance and sum.</summary>
/// <param name="connection">The writer's.</param>
/// <param name="archives">Whether an archive is kept, so that new entries have to be put into it.</param>
internal sealed class RevenueBatch(SqliteConnection connection, bool archives) : ISqliteBatch
{
    private readonly Dictionary<(long Tenant, string User), Entry> users = [];
    private readonly SqliteArrivals arrivals = new(connection);
    private readonly RevenueSums sums = new(connection);
    private readonly SqliteStatement insert = connection.Statement(
        """
        INSERT INTO entries (user, event, log, offset, item, at, effect_high, effect_low, currency, name, original, reason)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING
        """);

    private readonly SqliteStatement? archive = archives
        ? connection.Statement("INSERT INTO unarchived (user, event) VALUES (?1, ?2)") : null;

    private readonly long purgedBefore = ReadPurged(connection);

    /// <summary>The instant before which nothing can be stored.</summary>
    public static long ReadPurged(SqliteConnection connection)
    {
        var row = connection.Statement("SELECT before FROM purged");
        var before = row.Step() ? row.Int64(0) : long.MinValue;
        row.Reset();
        return before;
    }

    /// <returns>Whether all that it carries is new.</returns>
    public bool Add(Received<RevenueReceived> received)
    {
        var message = received.Message;
        var known = FindUser(received.Tenant, message.User);
        var erased = known is null ? RevenueErasure.Find(connection, arrivals.TenantOf(received.Tenant), message.User) : known.Erased;
        if (IsErased(erased, received.Source, message.Stamp))
        {
            return false;
        }

        var user = known ?? Create(received.Tenant, message.User, message.Stamp, erased);
        arrivals.Note(received, message.Stamp);
        user.See(message.Stamp);
        var added = 0;
        for (var i = 0; i < message.Events.Count; i++)
        {
            var each = message.Events[i];
            if (each.At >= purgedBefore && Insert(
                user, received.Source, i, (each.EventId, each.At, each.ToEffect(), each.Currency), each.Name, null, null))
            {
                Count(user, each.EventId, each.At, each.Currency, each.ToEffect());
                added++;
            }
        }

        return added == message.Events.Count;
    }

    /// <inheritdoc cref="Add"/>
    public bool Adjust(Received<RevenueAdjusted> received)
    {
        var message = received.Message;
        if (FindUser(received.Tenant, message.User) is not { } user || message.At < purgedBefore
            || IsErased(user.Erased, received.Source, message.Stamp)
            || FindCurrency(user.Id, message.Original, received.Position) is not { } currency)
        {
            return false;
        }

        arrivals.Note(received, message.Stamp);
        user.See(message.Stamp);
        if (!Insert(
            user, received.Source, 0, (message.EventId, message.At, message.Delta, currency), null, message.Original, message.Reason))
        {
            return false;
        }

        Count(user, message.EventId, message.At, currency, message.Delta);
        return true;
    }

    /// <summary>Writes users, balances and sums, once for each that something has changed of.</summary>
    public void Complete()
    {
        foreach (var user in users.Values)
        {
            user.Write(connection);
        }

        sums.Complete();
    }

    private bool Insert(
        Entry user, LogPosition source, int item, (string Id, long At, Amount Effect, string Currency) entry, string? name,
        string? original, string? reason) =>
        insert.Bind(1, user.Id).Bind(2, entry.Id).Bind(3, arrivals.LogOf(source)).Bind(4, source.Offset).Bind(5, item).Bind(6, entry.At)
            .BindSum(7, entry.Effect.Units).Bind(9, entry.Currency).Bind(10, name).Bind(11, original).Bind(12, reason).Run() == 1;

    private void Count(Entry user, string id, long at, string currency, Amount effect)
    {
        archive?.Bind(1, user.Id).Bind(2, id).Run();
        user.Count(currency, effect);
        sums.Add(user.Tenant, user.Id, at, currency, RevenueDelta.Of(effect));
    }

    /// <summary>The currency of an event that came before a position; those of other logs came before. Null if there is none.</summary>
    private string? FindCurrency(long user, string original, LogPosition position)
    {
        var row = connection.Statement(
            "SELECT currency, log, offset FROM entries WHERE user = ?1 AND event = ?2 AND at IS NOT NULL AND original IS NULL")
            .Bind(1, user).Bind(2, original);
        var currency = row.Step() && (row.Int64(1) != arrivals.LogOf(position) || row.Int64(2) < position.Offset) ? row.Text(0) : null;
        row.Reset();
        return currency;
    }

    /// <summary>Whether a message came before an erasure: by their positions where they can be compared, else by the clock.</summary>
    private bool IsErased((long Log, long Offset, long At)? erased, LogPosition source, EventStamp stamp) => erased is { } before
        && (before.Log == arrivals.LogOf(source) ? source.Offset < before.Offset
            : StoredInstants.ToMilliseconds(stamp.ReceivedAt) <= before.At);

    private Entry Create(string tenant, string user, EventStamp stamp, (long Log, long Offset, long At)? erased)
    {
        var (owner, at) = (arrivals.TenantOf(tenant), StoredInstants.ToMilliseconds(stamp.ReceivedAt));
        connection.Statement(
            "INSERT INTO users (tenant, name, last_seen, erased_log, erased_offset, erased_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .Bind(1, owner).Bind(2, user).Bind(3, at).Bind(4, erased?.Log).Bind(5, erased?.Offset).Bind(6, erased?.At).Run();
        return users[(owner, user)] = new Entry(connection.LastInsertRowId, owner, at, erased);
    }

    /// <returns>Null if there is no such user.</returns>
    private Entry? FindUser(string tenant, string user)
    {
        var owner = arrivals.TenantOf(tenant);
        if (!users.TryGetValue((owner, user), out var entry) && Entry.Find(connection, owner, user) is { } found)
        {
            users[(owner, user)] = entry = found;
        }

        return entry;
    }

    /// <summary>A user with what this batch adds.</summary>
    private sealed class Entry(long id, long tenant, long stored, (long Log, long Offset, long At)? erased)
    {
        private readonly SortedDictionary<string, (long Events, Amount Sum)> added = new(StringComparer.Ordinal);
        private long? later;

        public long Id => id;

        public long Tenant => tenant;

        public (long Log, long Offset, long At)? Erased => erased;

        public static Entry? Find(SqliteConnection connection, long tenant, string user)
        {
            var row = connection.Statement(
                "SELECT id, last_seen, erased_log, erased_offset, erased_at FROM users WHERE tenant = ?1 AND name = ?2")
                .Bind(1, tenant).Bind(2, user);
            var found = row.Step()
                ? new Entry(row.Int64(0), tenant, row.Int64(1), row.IsNull(2) ? null : (row.Int64(2), row.Int64(3), row.Int64(4)))
                : null;
            row.Reset();
            return found;
        }

        public void See(EventStamp stamp)
        {
            var at = StoredInstants.ToMilliseconds(stamp.ReceivedAt);
            later = at > (later ?? stored) ? at : later;
        }

        public void Count(string currency, Amount effect)
        {
            var before = added.GetValueOrDefault(currency);
            added[currency] = (before.Events + 1, before.Sum + effect);
        }

        public void Write(SqliteConnection connection)
        {
            if (later is { } seen)
            {
                connection.Statement("UPDATE users SET last_seen = ?2 WHERE id = ?1").Bind(1, id).Bind(2, seen).Run();
            }

            foreach (var (currency, (events, sum)) in added)
            {
                RevenueBalances.Add(connection, id, currency, events, sum);
            }
        }
    }
}
