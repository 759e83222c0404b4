using Infrastructure.Hosting;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;
using MongoDB.Driver.Core.Servers;

namespace Infrastructure.Storage.Mongo;

/// <summary>A MongoDB connection string. Missing time-outs are filled in; settings that our guarantees depend on are set here.</summary>
internal sealed class MongoAddress
{
    private const string DefaultDatabase = "timers";

    private static readonly string[] Schemes = ["mongodb://", "mongodb+srv://"];

    /// <summary>Time-out for finding a server, and for connecting to it.</summary>
    private static readonly TimeSpan ReachTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How soon a hung server is noticed, apart from the command's own time-out.</summary>
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(2);

    private readonly string text;
    private readonly ConnectionString options;
    private readonly MongoUrl url;
    private readonly MongoTls tls;

    /// <param name="text">As the operator wrote it, <c>mongodb://</c> or <c>mongodb+srv://</c>; no DNS look-up is made.</param>
    /// <exception cref="StartupException">It cannot be read; the reason never reveals the password.</exception>
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
                // Only this call reads the credentials.
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
            // An option that is meant to protect, but is ignored, would be noticed too late.
            throw new StartupException(
                $"ConnectionStrings:MongoDb cannot be used: MongoDB.Driver does not know {string.Join(", ", unknown)}.");
        }
    }

    /// <summary>The database that the connection string names, else <c>timers</c>.</summary>
    public string Database => url.DatabaseName is { Length: > 0 } named ? named : DefaultDatabase;

    /// <summary>Only checks that the connection string can be read.</summary>
    /// <exception cref="StartupException">It cannot be read.</exception>
    public static void Check(string text) => _ = new MongoAddress(text);

    /// <summary>
    /// Creates a client, which connects by itself. For <c>mongodb+srv</c> the options in DNS are looked up here, the hosts by the driver.
    /// </summary>
    /// <exception cref="StartupException">The settings contradict each other, or DNS does not answer.</exception>
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

        // Acknowledged by a majority and journaled there: an acknowledged write survives a change of primary.
        settings.WriteConcern = WriteConcern.WMajority.With(journal: true, wTimeout: mongo.OperationTimeout);

        // A secondary lags behind, and might not know of a claim or a timer that was just acknowledged.
        settings.ReadPreference = ReadPreference.Primary;

        // A retry hides that the first attempt may have taken effect, and takes twice the time. Callers retry.
        settings.RetryWrites = false;
        settings.RetryReads = false;
        settings.MaxAdaptiveRetries = 0;
        settings.ServerSelectionTimeout = Named(options.ServerSelectionTimeout) ?? ReachTimeout;
        settings.ConnectTimeout = Named(options.ConnectTimeout) ?? ReachTimeout;
        settings.SocketTimeout = Named(options.SocketTimeout) ?? mongo.OperationTimeout;
        settings.WaitQueueTimeout = Named(options.WaitQueueTimeout) ?? mongo.OperationTimeout;

        // Polling rather than streaming: a missed heartbeat closes the connections in use, and a streaming server that sends its first
        // heartbeat and no more would lose all of them every 22 s.
        settings.ServerMonitoringMode = options.ServerMonitoringMode ?? ServerMonitoringMode.Poll;
        settings.HeartbeatInterval = Named(options.HeartbeatInterval) ?? HeartbeatInterval;
        settings.HeartbeatTimeout = Named(options.HeartbeatTimeout) ?? mongo.OperationTimeout;
        settings.MaxConnectionPoolSize = connections;
        settings.MinConnectionPoolSize = Math.Min(settings.MinConnectionPoolSize, connections);

        // Clients with equal settings would share their connections; an object of its own makes this client's settings unique.
        var own = new object();
        settings.ClusterConfigurator = _ => GC.KeepAlive(own);
        return settings;
    }

    /// <summary>To the driver 0 means no time-out; here everything has one.</summary>
    private static TimeSpan? Named(TimeSpan? timeout) => timeout > TimeSpan.Zero ? timeout : null;

    /// <summary>The reason without anything secret in it.</summary>
    private string Conceal(string reason) => MongoSecrets.Conceal(reason, text);
}
