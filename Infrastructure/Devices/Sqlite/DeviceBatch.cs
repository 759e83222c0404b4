using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Devices.Sqlite;

/// <summary>Messages that are stored in one transaction: each row once, and one update for each device.</summary>
internal sealed class DeviceBatch(SqliteConnection connection) : ISqliteBatch
{
    private readonly Dictionary<(long Tenant, string Device), Entry> devices = [];
    private readonly SqliteArrivals arrivals = new(connection);
    private readonly SqliteStatement insert =
        connection.Statement("INSERT INTO readings VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING");

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
    public bool Add(Received<ReadingsReceived> received)
    {
        var message = received.Message;
        var number = arrivals.LogOf(received.Source);
        var device = DeviceOf(received.Tenant, message.Device);
        if (device.IsErasedFor(number, received.Source.Offset, message.Stamp))
        {
            return false;
        }

        arrivals.Note(received, message.Stamp);
        device.Seen(message.Stamp);
        var added = 0;
        for (var i = 0; i < message.At.Count; i++)
        {
            var at = message.At[i];
            if (at < purgedBefore)
            {
                continue;
            }

            var count = message.Counts[i];
            insert.Bind(1, device.Id).Bind(2, at).Bind(3, count).Bind(4, number).Bind(5, received.Source.Offset).Bind(6, i);
            if (insert.Run() == 1)
            {
                device.Count(at, count);
                added++;
            }
        }

        return added == message.At.Count;
    }

    /// <inheritdoc cref="Add"/>
    public bool Adjust(Received<ReadingAdjusted> received)
    {
        var message = received.Message;
        var number = arrivals.LogOf(received.Source);
        if (FindDevice(received.Tenant, message.Device) is not { } device || message.At < purgedBefore
            || device.IsErasedFor(number, received.Source.Offset, message.Stamp)
            || !HasReadingBefore(device.Id, message.At, received.Position))
        {
            return false;
        }

        arrivals.Note(received, message.Stamp);

        var added = connection.Statement("INSERT INTO adjustments VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING")
            .Bind(1, device.Id).Bind(2, message.At).Bind(3, message.EventId).Bind(4, message.Delta).Bind(5, number)
            .Bind(6, received.Source.Offset).Bind(7, message.Reason).Run();
        if (added == 0)
        {
            return false;
        }

        device.Adjust(message.Delta);
        return true;
    }

    /// <summary>Whether there is a reading that came before a position; those of other logs came before.</summary>
    private bool HasReadingBefore(long device, long at, LogPosition position)
    {
        var row = connection.Statement("SELECT log, offset FROM readings WHERE device = ?1 AND at = ?2").Bind(1, device).Bind(2, at);
        var isThere = row.Step() && (row.Int64(0) != arrivals.LogOf(position) || row.Int64(1) < position.Offset);
        row.Reset();
        return isThere;
    }

    /// <summary>Writes the totals, once for each device that something has changed of.</summary>
    public void Complete()
    {
        foreach (var device in devices.Values)
        {
            device.Write(connection);
        }
    }

    private Entry DeviceOf(string tenant, string device) =>
        FindDevice(tenant, device)
        ?? (devices[(arrivals.TenantOf(tenant), device)] = Entry.Create(connection, arrivals.TenantOf(tenant), device));

    /// <returns>Null if there is no such device.</returns>
    private Entry? FindDevice(string tenant, string device)
    {
        var owner = arrivals.TenantOf(tenant);
        if (!devices.TryGetValue((owner, device), out var entry) && Entry.Find(connection, owner, device) is { } found)
        {
            devices[(owner, device)] = entry = found;
        }

        return entry;
    }

    /// <summary>A device with what this batch adds to it.</summary>
    /// <remarks>What is stored was read when the batch first met it: within the transaction nobody else changes it.</remarks>
    private sealed class Entry(long id, (long Log, long Offset, long At)? erased)
    {
        private Int128 storedTotal;
        private long? storedLatest;
        private long? storedSeen;
        private long readings;
        private long adjustments;
        private Int128 total;
        private long? latest;
        private long? seen;

        public long Id => id;

        public static Entry? Find(SqliteConnection connection, long tenant, string device)
        {
            var row = connection.Statement(
                """
                SELECT id, erased_log, erased_offset, erased_at, total_high, total_low, latest, last_seen
                FROM devices WHERE tenant = ?1 AND name = ?2
                """).Bind(1, tenant).Bind(2, device);
            var found = row.Step()
                ? new Entry(row.Int64(0), row.IsNull(1) ? null : (row.Int64(1), row.Int64(2), row.Int64(3)))
                {
                    storedTotal = SqliteSums.Read(row, 4),
                    storedLatest = row.IsNull(6) ? null : row.Int64(6),
                    storedSeen = row.IsNull(7) ? null : row.Int64(7),
                }
                : null;
            row.Reset();
            return found;
        }

        public static Entry Create(SqliteConnection connection, long tenant, string device)
        {
            var id = DeviceErasure.CreateDevice(connection, tenant, device, out var erased);
            return new Entry(id, erased);
        }

        public bool IsErasedFor(long log, long offset, EventStamp stamp) => erased is { } before
            && (before.Log == log ? offset < before.Offset : StoredInstants.ToMilliseconds(stamp.ReceivedAt) <= before.At);

        public void Seen(EventStamp stamp)
        {
            var at = StoredInstants.ToMilliseconds(stamp.ReceivedAt);
            seen = Math.Max(seen ?? at, at);
        }

        public void Count(long at, long count)
        {
            readings++;
            total += count;
            latest = Math.Max(latest ?? at, at);
        }

        public void Adjust(long delta)
        {
            adjustments++;
            total += delta;
        }

        public void Write(SqliteConnection connection)
        {
            var last = Later(storedSeen, seen);
            if (readings == 0 && adjustments == 0 && last == storedSeen)
            {
                // A client that repeats itself.
                return;
            }

            connection.Statement(
                """
                UPDATE devices SET readings = readings + ?2, total_high = ?3, total_low = ?4, latest = ?5, last_seen = ?6,
                    adjustments = adjustments + ?7 WHERE id = ?1
                """)
                .Bind(1, id).Bind(2, readings).BindSum(3, storedTotal + total).Bind(5, Later(storedLatest, latest)).Bind(6, last)
                .Bind(7, adjustments).Run();
        }

        private static long? Later(long? a, long? b) => a is null ? b : b is null ? a : Math.Max(a.Value, b.Value);
    }
}
