using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;

namespace Infrastructure.Storage.Sqlite;

/// <summary>
/// Where the messages of one transaction came from: numbers of tenants and logs, each looked up once, and when they arrived.
/// </summary>
/// <remarks>Of one transaction only: numbers that it assigns are void if it is rolled back.</remarks>
internal sealed class SqliteArrivals(SqliteConnection connection)
{
    private readonly Dictionary<string, long> tenants = new(StringComparer.Ordinal);
    private (LogPosition Position, long Number) log;
    private (long Log, EventStamp Stamp)? last;

    /// <summary>The number of a tenant, assigned now if it has none.</summary>
    public long TenantOf(string tenant) =>
        tenants.TryGetValue(tenant, out var number) ? number : tenants[tenant] = SqliteTenants.Ensure(connection, tenant);

    /// <summary>The number of a position's log, assigned now if it has none.</summary>
    public long LogOf(LogPosition position)
    {
        if (log.Number == 0 || log.Position.Epoch != position.Epoch || log.Position.Partition != position.Partition)
        {
            log = (position, SqliteSources.Ensure(connection, position));
        }

        return log.Number;
    }

    /// <summary>Records a message's arrival. Messages of one request follow each other and share a row.</summary>
    public void Note<TMessage>(Received<TMessage> received, EventStamp stamp)
    {
        var (number, offset) = (LogOf(received.Source), received.Source.Offset);
        if (received.Source != received.Position)
        {
            SqliteSources.RecordReplay(connection, number, offset, stamp);
            last = null;
        }
        else if (last is not { } before || before.Log != number || before.Stamp != stamp)
        {
            SqliteSources.RecordArrival(connection, number, offset, stamp);
            last = (number, stamp);
        }
    }
}
