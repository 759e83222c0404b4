using Tests.Faults;

namespace Tests.Support;

/// <summary>The three programs in their own processes on their own engines, any of which a test may stop, kill and restart.</summary>
public sealed class Cluster : IAsyncDisposable
{
    private readonly List<OwnEngine> engines = [];
    private readonly List<ServiceProcess> processes = [];

    private Cluster()
    {
    }

    /// <summary>Kafka, or null where RabbitMQ is the log.</summary>
    public OwnEngine? Kafka { get; private set; }

    /// <summary>RabbitMQ, or null where Kafka is the log.</summary>
    public OwnEngine? RabbitMq { get; private set; }

    public OwnEngine Mongo { get; private set; } = null!;

    public OwnEngine Redis { get; private set; } = null!;

    public IReadOnlyList<ServiceProcess> Producers { get; private set; } = [];

    public IReadOnlyList<ServiceProcess> Consumers { get; private set; } = [];

    public IReadOnlyList<ServiceProcess> Runners { get; private set; } = [];

    public HttpClient Http => Producers[0].Http;

    /// <param name="each">How many processes of each program.</param>
    /// <param name="brokers">How many Kafka brokers; 0 for RabbitMQ instead.</param>
    public static async Task<Cluster> StartAsync(int each = 1, int brokers = 1)
    {
        var cluster = new Cluster();
        try
        {
            cluster.StartEngines(brokers);
            cluster.Producers = cluster.Add("Producer", each);
            cluster.Consumers = cluster.Add("Consumer", each);
            cluster.Runners = cluster.Add("Runner", each);
            await cluster.ReviveAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts every process that is not running, and waits until all serve and timers fire.</summary>
    public async Task ReviveAsync()
    {
        await Task.WhenAll(processes.Where(process => process.HasExited).Select(process => process.StartAsync()));
        await Task.WhenAll(processes.Select(process => process.ReadyAsync()));
        await using var receiver = await Receiver.StartAsync();
        await Eventually.That(
            async () =>
            {
                // One after another: for the first ones, the log or a shard may have no reader yet.
                await new Journal(Http).CreateAsync(1, _ => new { url = receiver.At("/warm"), delay = "PT0S" });
                return receiver.Count > 0;
            },
            TimeSpan.FromSeconds(60),
            "a timer fires");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        foreach (var engine in engines)
        {
            engine.Dispose();
        }
    }

    /// <summary>Output of all processes, for a failure's message.</summary>
    public string Output() => string.Join("\n\n", processes.Select(process => process.Output));

    private void StartEngines(int brokers)
    {
        Mongo = Own("mongo");
        Redis = Own("redis");
        if (brokers == 0)
        {
            RabbitMq = Own("rabbitmq");
        }
        else
        {
            Kafka = brokers == 1 ? Own("kafka") : Own("kafka", "--brokers", $"{brokers}");
        }
    }

    private OwnEngine Own(string name, params string[] options)
    {
        var engine = Engine.StartOwn(name, options);
        engines.Add(engine);
        return engine;
    }

    private List<ServiceProcess> Add(string program, int count)
    {
        string[] settings =
        [
            .. Kafka is null ? (string[])["--ConnectionStrings:RabbitMq", RabbitMq!.Uri] : ["--ConnectionStrings:Kafka", Kafka.Uri],
            "--ConnectionStrings:MongoDb", Mongo.Uri,
            "--ConnectionStrings:Redis", Redis.Uri,
        ];
        var added = Enumerable.Range(0, count).Select(_ => new ServiceProcess(ServiceProcess.AssemblyOf(program), settings)).ToList();
        processes.AddRange(added);
        return added;
    }
}
