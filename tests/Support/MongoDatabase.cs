using Infrastructure.Access.Mongo;
using Infrastructure.Devices.Mongo;
using Infrastructure.Items.Mongo;
using Infrastructure.Revenue.Mongo;
using Infrastructure.Schedules.Mongo;
using Infrastructure.Signing.Mongo;
using Infrastructure.Sites.Mongo;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Mongo;
using MongoDB.Bson;

namespace Tests.Support;

/// <summary>
/// A database for one test alone, with its indexes; emptied and passed on to the next test, since creating indexes takes a while.
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
        Run(MongoDeviceSchema.CreateIndexesAsync);
        Run(MongoSiteSchema.CreateIndexesAsync);
        Run(MongoRevenueSchema.CreateIndexesAsync);
        Run(MongoItemSchema.CreateIndexesAsync);
        Run(MongoScheduleStore.CreateIndexesAsync);
        Run(MongoCalendarStore.CreateIndexesAsync);
        Run(async rows =>
        {
            await MongoKeyStore.Indexes.Create(rows);
            await MongoAuditStore.Indexes.Create(rows);
            await MongoSigningSecretStore.Indexes.Create(rows);
            return true;
        });
    }

    /// <summary>
    /// Few connections, counts that are always fresh, and time for a server on a busy machine: an abandoned insert may still take effect in
    /// the next test.
    /// </summary>
    public static MongoOptions Options { get; } =
        new() { Connections = 8, CountsAge = TimeSpan.Zero, OperationTimeout = TimeSpan.FromSeconds(60) };

    public string Uri { get; }

    /// <summary>Kept open from one test to the next, because connecting takes the driver a while.</summary>
    public MongoConnection Connection { get; }

    /// <summary>Takes an empty database.</summary>
    public static MongoDatabase Take()
    {
        lock (Gate)
        {
            return Free.TryPop(out var free) ? free
                : new MongoDatabase(Engine.Address("mongo"), $"timers_{Environment.ProcessId}_{++made}");
        }
    }

    /// <summary>The address, with a database's name in it.</summary>
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

    /// <summary>Runs the test's own commands.</summary>
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
        MongoTimerSchema.Timers, MongoTimerSchema.Attempts, MongoTimerSchema.Outcomes, MongoTimerSchema.Leases, MongoTimerSchema.Leader,
        MongoDeadLetterStore.Collection, MongoKeyStore.Collection, MongoAuditStore.Collection, MongoSigningSecretStore.Collection,
        .. MongoDeviceSchema.Collections, .. MongoSiteSchema.Collections,
        .. MongoRevenueSchema.Collections, .. MongoItemSchema.Collections, MongoScheduleStore.Schedules, MongoCalendarStore.Calendars,
    ];
}
