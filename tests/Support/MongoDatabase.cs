using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Mongo;
using MongoDB.Bson;

namespace Tests.Support;

/// <summary>
/// A database that one test has for itself, with its indexes; emptied and given to the next, since making indexes takes a while.
/// </summary>
internal sealed class MongoDatabase : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Stack<MongoDatabase> Free = new();
    private static int made;

    private MongoDatabase(string server, string name)
    {
        Uri = In(server, name);
        Connection = new MongoConnection(Uri, Options, TimeProvider.System);
        Run(MongoTimerSchema.CreateIndexesAsync);
    }

    /// <summary>
    /// Few connections, counts of this moment, and time for a server on full processors: an insert given up may still take effect in the
    /// next test.
    /// </summary>
    public static MongoOptions Options { get; } =
        new() { Connections = 8, CountsAge = TimeSpan.Zero, OperationTimeout = TimeSpan.FromSeconds(60) };

    public string Uri { get; }

    /// <summary>Kept open from one test to the next: to connect takes the driver a while.</summary>
    public MongoConnection Connection { get; }

    /// <summary>An empty one.</summary>
    public static MongoDatabase Take()
    {
        lock (Gate)
        {
            return Free.TryPop(out var free) ? free
                : new MongoDatabase(Engine.Address("mongo"), $"timers_{Environment.ProcessId}_{++made}");
        }
    }

    /// <summary>The address with the name of a database in it.</summary>
    public static string In(string server, string database)
    {
        var address = new Uri(server);
        return $"{address.Scheme}://{address.Authority}/{database}{address.Query}";
    }

    /// <summary>Drops the databases of this run. Called once, at its end.</summary>
    public static void DropAll()
    {
        lock (Gate)
        {
            while (Free.TryPop(out var database))
            {
                database.Run(rows => rows.Database.RunCommandAsync<BsonDocument>(new BsonDocument("dropDatabase", 1)));
                database.Connection.Dispose();
            }
        }
    }

    /// <summary>Runs commands of the test's own.</summary>
    public T Run<T>(Func<MongoRows, Task<T>> work) => Connection.RunAsync(MongoLane.Clients, work, default).GetAwaiter().GetResult();

    public void Dispose()
    {
        foreach (var collection in Collections)
        {
            Run(rows => rows.DeleteAsync(collection, []));
        }

        lock (Gate)
        {
            Free.Push(this);
        }
    }

    private static readonly string[] Collections =
    [
        MongoTimerSchema.Timers, MongoTimerSchema.Attempts, MongoTimerSchema.Leases, MongoTimerSchema.Leader,
        MongoDeadLetterStore.Collection,
    ];
}
