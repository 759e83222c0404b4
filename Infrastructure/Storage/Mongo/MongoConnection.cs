using Contracts.Storage;
using Infrastructure.Hosting;
using MongoDB.Driver;

namespace Infrastructure.Storage.Mongo;

/// <summary>
/// The stores' connection to the database: one client for leases and the clock, one for everything else, and the priorities of work.
/// </summary>
/// <remarks>Nothing waits for a connection before the first command, so the service starts while the database is down.</remarks>
internal sealed class MongoConnection : IDisposable
{
    private const string Stopping = "The service is stopping.";

    private readonly Way shared;
    private readonly Way vital;

    /// <param name="connectionString">As the operator wrote it.</param>
    /// <param name="options">Number of connections, and time-outs.</param>
    /// <param name="time">The clock for the time that work waits for a connection.</param>
    /// <param name="damage">Told of rows that cannot be read.</param>
    /// <exception cref="StartupException">The connection string cannot be used.</exception>
    public MongoConnection(string connectionString, MongoOptions options, TimeProvider time, DamageReport? damage = null)
    {
        var address = new MongoAddress(connectionString);
        Damage = damage ?? new DamageReport();
        shared = new Way(address, options, options.Connections, time, Damage);
        vital = new Way(address, options, connections: 1, time, Damage);
    }

    /// <summary>Rows that could not be read.</summary>
    public DamageReport Damage { get; }

    /// <summary>Runs work when its turn comes.</summary>
    /// <param name="lane">The work's priority.</param>
    /// <param name="work">Commands in sequence; they continue after the caller has stopped waiting.</param>
    /// <param name="cancellationToken">Ends the wait; work that has not begun never begins.</param>
    /// <exception cref="StoreUnavailableException">No answer in time, or the database could not be reached.</exception>
    public async Task<T> RunAsync<T>(MongoLane lane, Func<MongoRows, Task<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var way = lane == MongoLane.Vital ? vital : shared;
        await way.Gate.EnterAsync(lane, cancellationToken);

        // Not cancelled midway: that would cost the connection, and leave it uncertain what was done.
        return await RunAsync(way, work).WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        shared.Dispose();
        vital.Dispose();
    }

    private static async Task<T> RunAsync<T>(Way way, Func<MongoRows, Task<T>> work)
    {
        try
        {
            return await work(way.Rows);
        }
        catch (Exception failure) when (MongoFailures.IsOfDriver(failure))
        {
            if (MongoFailures.IsUnreachable(failure))
            {
                // They wait for the same primary: nobody should sit through one time-out after another.
                way.Gate.RefuseWaiting(MongoFailures.Unreachable);
            }

            throw MongoFailures.ToException(failure);
        }
        finally
        {
            way.Gate.Leave();
        }
    }

    /// <summary>A client with its own connections, and the gate in front of it.</summary>
    private sealed class Way : IDisposable
    {
        private readonly MongoClient client;

        public Way(MongoAddress address, MongoOptions options, int connections, TimeProvider time, DamageReport damage)
        {
            client = address.Connect(options, connections);
            Rows = new MongoRows(client.GetDatabase(address.Database), options.OperationTimeout, damage);
            Gate = new MongoGate(connections, options.OperationTimeout, time);
        }

        public MongoGate Gate { get; }

        public MongoRows Rows { get; }

        public void Dispose()
        {
            Gate.Close(Stopping);
            client.Dispose();
        }
    }
}
