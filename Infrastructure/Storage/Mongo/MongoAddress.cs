using Infrastructure.Hosting;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;
using MongoDB.Driver.Core.Servers;

namespace Infrastructure.Storage.Mongo;

/// <summary>A connection string of MongoDB. Missing time-outs are filled in; settings that guarantees depend on are ours.</summary>
internal sealed class MongoAddress
{
    private const string DefaultDatabase = "timers";

    private static readonly string[] Schemes = ["mongodb://", "mongodb+srv://"];

    /// <summary>To find a server, and to connect to it.</summary>
    private static readonly TimeSpan ReachTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How soon a server that hangs is noticed, apart from the command's own time-out.</summary>
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(2);

    private readonly string text;
    private readonly ConnectionString options;
    private readonly MongoUrl url;
    private readonly MongoTls tls;

    /// <param name="text">As the operator wrote it, <c>mongodb://</c> or <c>mongodb+srv://</c>; asks no DNS.</param>
    /// <exception cref="StartupException">It cannot be read; the reason never tells the password.</exception>
    public MongoAddress(string text)
    {
        this.text = text;
        if (!Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.Ordinal)))
        {
            throw new StartupException($"ConnectionStrings:MongoDb cannot be read: it must begin with {string.Join(" or ", Schemes)}.");
        }

        try
        {
            options = new ConnectionString(text);
            url = new MongoUrl(text);
            tls = new MongoTls(options);
            if (url.IsResolved)
            {
                // Only this reads the credentials.
                MongoClientSettings.FromUrl(url);
            }
        }
        catch (Exception error) when (error is not StartupException and not OutOfMemoryException)
        {
            throw new StartupException($"ConnectionStrings:MongoDb cannot be read: {Conceal(error.Message)}");
        }

        var unknown = options.AllUnknownOptionNames
            .Where(name => !MongoTls.Options.Contains(name) && !name.Equals("compressors", StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (unknown.Count > 0)
        {
            // One that is meant to protect, and is passed over, would be noticed too late.
            throw new StartupException(
                $"ConnectionStrings:MongoDb cannot be used: MongoDB.Driver does not know {string.Join(", ", unknown)}.");
        }
    }

    /// <summary>The database that the connection string names, else <c>timers</c>.</summary>
    public string Database => url.DatabaseName is { Length: > 0 } named ? named : DefaultDatabase;

    /// <summary>Only reads it.</summary>
    /// <exception cref="StartupException">It cannot be read.</exception>
    public static void Check(string text) => _ = new MongoAddress(text);

    /// <summary>
    /// Makes a client, which connects by itself. Of <c>mongodb+srv</c> the options in DNS are looked up here, the hosts by the driver.
    /// </summary>
    /// <exception cref="StartupException">Its settings contradict each other, or DNS gives no answer.</exception>
    public MongoClient Connect(MongoOptions mongo, int connections)
    {
        try
        {
            return new MongoClient(ToSettings(mongo, connections));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new StartupException($"ConnectionStrings:MongoDb cannot be used: {Conceal(error.Message)}");
        }
    }

    internal MongoClientSettings ToSettings(MongoOptions mongo, int connections)
    {
        var settings = MongoClientSettings.FromUrl(url);
        tls.Apply(settings);

        // Acknowledged by a majority and synced there: what is answered survives a new primary.
        settings.WriteConcern = WriteConcern.WMajority.With(journal: true, wTimeout: mongo.OperationTimeout);

        // A secondary lags behind, and would not know of a claim, or of a timer, that was just acknowledged.
        settings.ReadPreference = ReadPreference.Primary;

        // A retry hides that the first try may have taken effect, and takes twice the time. Callers retry.
        settings.RetryWrites = false;
        settings.RetryReads = false;
        settings.MaxAdaptiveRetries = 0;
        settings.ServerSelectionTimeout = Named(options.ServerSelectionTimeout) ?? ReachTimeout;
        settings.ConnectTimeout = Named(options.ConnectTimeout) ?? ReachTimeout;
        settings.SocketTimeout = Named(options.SocketTimeout) ?? mongo.OperationTimeout;
        settings.WaitQueueTimeout = Named(options.WaitQueueTimeout) ?? mongo.OperationTimeout;

        // Polled, not streamed: a missing heartbeat closes the connections in use, and if servers send heartbeats by
        // themselves (streaming), one that sends its first and no more would lose all of them every 22 s.
        settings.ServerMonitoringMode = options.ServerMonitoringMode ?? ServerMonitoringMode.Poll;
        settings.HeartbeatInterval = Named(options.HeartbeatInterval) ?? HeartbeatInterval;
        settings.HeartbeatTimeout = Named(options.HeartbeatTimeout) ?? mongo.OperationTimeout;
        settings.MaxConnectionPoolSize = connections;
        settings.MinConnectionPoolSize = Math.Min(settings.MinConnectionPoolSize, connections);

        // Clients of equal settings would share their connections; an object of its own in them tells this one from any other.
        var own = new object();
        settings.ClusterConfigurator = _ => GC.KeepAlive(own);
        return settings;
    }

    /// <summary>0 stands for no limit there, and everything has one here.</summary>
    private static TimeSpan? Named(TimeSpan? timeout) => timeout > TimeSpan.Zero ? timeout : null;

    /// <summary>A reason without anything secret in it.</summary>
    private string Conceal(string reason) => MongoSecrets.Conceal(reason, text);
}
