using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using MongoDB.Driver;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>A program whose port is taken fails before it has joined, made or taken anything.</summary>
[Parallelizable]
public sealed class TakenPortTests
{
    /// <summary>Log line 3003.</summary>
    private const string Claims = "Claims due timers";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    [TestCase("Producer")]
    [TestCase("Consumer")]
    [TestCase("Runner")]
    [TestCase("Standalone")]
    public async Task On_shared_engines_it_leaves_no_trace(string program)
    {
        var prefix = KafkaHost.NewPrefix();
        var database = $"taken_{prefix.TrimEnd('.')}";
        string[] settings =
        [
            "--ConnectionStrings:Kafka", Engine.Address("kafka"), "--Kafka:TopicPrefix", prefix, "--Kafka:Partitions", "4",
            "--ConnectionStrings:MongoDb", MongoDatabase.In(Engine.Address("mongo"), database),
        ];
        using var mongo = new MongoClient(Engine.Address("mongo"));
        IReadOnlyList<string> databases = [];

        Refuses(program, settings);

        Assert.That(Traces(prefix), Is.Empty);
        await Eventually.That(
            async () =>
            {
                try
                {
                    databases = await (await mongo.ListDatabaseNamesAsync()).ToListAsync();
                    return true;
                }
                catch (MongoConnectionException)
                {
                    // The driver gives up connections to a server that is busy for longer than its heartbeats may take.
                    return false;
                }
            },
            Timeout, "the databases are listed");
        Assert.That(databases, Has.None.EqualTo(database));

        // On a port that is free it leaves some, so that the look above would have found them.
        await using var free = new ServiceProcess(ServiceProcess.AssemblyOf(program), settings);
        await free.StartAsync();
        await Eventually.That(() => Traces(prefix).Any(), Timeout, () => $"it leaves a trace\n{free.Output}");
        await free.TerminateAsync();
        await mongo.DropDatabaseAsync(database);
    }

    [Test]
    public async Task Embedded_it_claims_nothing_and_leaves_the_data_folder_to_the_next_start()
    {
        await using var next = new StandaloneProcess();

        var output = Refuses("Standalone", ["--Storage:Path", Path.Combine(next.Folder, "data")]);
        await next.StartAsync();

        Assert.That(output, Does.Not.Contain(Claims));
        Assert.That(next.Output, Does.Contain(Claims));
    }

    private static string Refuses(string program, string[] settings)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var (exitCode, output) = Tools.Run(
            "dotnet", [ServiceProcess.AssemblyOf(program), "--urls", $"http://{taken.LocalEndpoint}", .. settings]);

        Assert.That(exitCode, Is.EqualTo(2), output);
        Assert.That(output, Does.Contain("Cannot start:").And.Contain("address already in use"));
        return output;
    }

    /// <summary>The topics and the groups under a prefix.</summary>
    private static IEnumerable<string> Traces(string prefix)
    {
        using var admin = new AdminClientBuilder(new Dictionary<string, string> { ["bootstrap.servers"] = Engine.Address("kafka") })
            .Build();
        return [
            .. admin.GetMetadata(Timeout).Topics.Select(topic => topic.Topic)
                .Concat(admin.ListGroups(Timeout).Select(group => group.Group))
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal)),
        ];
    }
}
