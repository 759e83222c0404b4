using Contracts.Common;
using Contracts.Events;

namespace Infrastructure.Storage.Sqlite;

/// <summary>
/// Where the raw events of one file came from, in few bytes: a row holds the number of its log and its offset, and what all events of a
/// request share is one row of its own.
/// </summary>
/// <remarks>
/// A log's number is looked up each time, as a tenant's is: a cached one would be wrong once its transaction is rolled back.
/// </remarks>
internal static class SqliteSources
{
    public const string Tables = """
        CREATE TABLE logs (
            id INTEGER PRIMARY KEY,
            epoch BLOB NOT NULL,
            partition INTEGER NOT NULL,
            UNIQUE (epoch, partition)
        );

        CREATE TABLE arrivals (
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            address TEXT,
            PRIMARY KEY (log, offset)
        ) WITHOUT ROWID;
        """;

    /// <summary>The number of a position's log, assigned now if it has none. Must run inside a transaction that writes.</summary>
    public static long Ensure(SqliteConnection connection, LogPosition position)
    {
        if (Find(connection, position) is { } known)
        {
            return known;
        }

        connection.Statement("INSERT INTO logs (epoch, partition) VALUES (?1, ?2)")
            .Bind(1, position.Epoch).Bind(2, position.Partition).Run();
        return connection.LastInsertRowId;
    }

    /// <summary>The number of a position's log; null if nothing of it was ever stored.</summary>
    public static long? Find(SqliteConnection connection, LogPosition position)
    {
        var row = connection.Statement("SELECT id FROM logs WHERE epoch = ?1 AND partition = ?2")
            .Bind(1, position.Epoch).Bind(2, position.Partition);
        long? found = row.Step() ? row.Int64(0) : null;
        row.Reset();
        return found;
    }

    /// <summary>The position of an offset on a log.</summary>
    /// <exception cref="InvalidOperationException">There is no such log, as in a damaged file.</exception>
    public static LogPosition PositionOf(SqliteConnection connection, long log, long offset)
    {
        var row = connection.Statement("SELECT epoch, partition FROM logs WHERE id = ?1").Bind(1, log);
        if (!row.Step())
        {
            row.Reset();
            throw new InvalidOperationException($"The stored log {log} is unknown: the file is damaged.");
        }

        var position = new LogPosition(row.Guid(0), row.Int32(1), offset);
        row.Reset();
        return position;
    }

    /// <summary>Records when and from where the messages from an offset on came, until another row says something else.</summary>
    public static void RecordArrival(SqliteConnection connection, long log, long offset, EventStamp stamp) =>
        connection.Statement("INSERT INTO arrivals VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
            .Bind(1, log).Bind(2, offset).Bind(3, StoredInstants.ToMilliseconds(stamp.ReceivedAt)).Bind(4, stamp.Address).Run();

    /// <summary>The same for a replayed message alone: those after it keep what they had.</summary>
    public static void RecordReplay(SqliteConnection connection, long log, long offset, EventStamp stamp)
    {
        var others = FindArrival(connection, log, offset);
        RecordArrival(connection, log, offset, stamp);
        RecordArrival(connection, log, offset + 1, others);
    }

    /// <summary>When and from where a message came.</summary>
    public static EventStamp FindArrival(SqliteConnection connection, long log, long offset)
    {
        var row = connection.Statement(
            "SELECT received_at, address FROM arrivals WHERE log = ?1 AND offset <= ?2 ORDER BY offset DESC LIMIT 1")
            .Bind(1, log).Bind(2, offset);
        var stamp = row.Step()
            ? new EventStamp(StoredInstants.FromMilliseconds(row.Int64(0)), row.IsNull(1) ? null : row.Text(1))
            : new EventStamp();
        row.Reset();
        return stamp;
    }
}
