using System.Net;
using System.Net.Http.Json;
using Tests.Faults;
using Tests.Support;

namespace Tests.Clusters;

/// <summary>What a test of the shared cluster finds: all of it running, and a receiver of its own.</summary>
public abstract class ClusterFixture
{
    protected const string Timers = "/api/v1/timers";

    protected static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How late beyond the budget, after a fault: groups settle in 6 s, claims are taken back in 6 s, one after the
    /// other at worst, on busy processors.
    /// </summary>
    protected static readonly TimeSpan Recovery = TimeSpan.FromSeconds(20);

    /// <summary>
    /// A store that is gone for less is back before any Runner has to let go: a lease of 4 s, less the time to find the store again.
    /// </summary>
    private static readonly TimeSpan Unnoticed = TimeSpan.FromSeconds(2);

    protected Support.Cluster Cluster { get; private set; } = null!;

    protected Receiver Receiver { get; private set; } = null!;

    protected HttpClient Http => Cluster.Http;

    /// <summary>For the report.</summary>
    protected virtual string Engines => "cluster";

    [OneTimeSetUp]
    public async Task Start() => Cluster = await GetClusterAsync();

    [SetUp]
    public async Task Revive()
    {
        await Cluster.ReviveAsync();
        Receiver = await Receiver.StartAsync();
    }

    [TearDown]
    public async Task Tell()
    {
        await Receiver.DisposeAsync();
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
        {
            await TestContext.Out.WriteLineAsync(Cluster.Output());
        }
    }

    protected virtual Task<Support.Cluster> GetClusterAsync() => SharedCluster.Instance.GetAsync();

    /// <summary>A client of both Producers, in turn.</summary>
    protected Journal NewJournal() => new([.. Cluster.Producers.Select(producer => producer.Http)]);

    protected void Check(string fault, Journal journal, params Fault[] faults) =>
        FaultReport.Check(fault, Engines, Math.Max(1, faults.Length), journal.Evidence(Receiver, faults));

    /// <summary>
    /// kill -9 of one kind of process or engine, round after round, while clients create, cancel and move timers at both Producers.
    /// </summary>
    protected async Task KillInRoundsAsync(string target)
    {
        Receiver.Answer(Clients.AnswerAsync);
        var journal = NewJournal();
        var random = new Random(1);
        var kills = new List<Fault>();
        for (var round = 0; round < Rounds.Cluster; round++)
        {
            var owed = journal.Count + random.Next(50, 300);
            kills.Add(await Clients.DuringAsync(journal, Receiver, async () =>
            {
                await Eventually.That(() => journal.Count >= owed, MaxWait, "creates flow");
                return await KillAsync(target, round % 2);
            }));
            await SeeAllAsync(journal);
        }

        await journal.DeliveredAsync(Receiver, MaxWait);
        await Clients.EndedAsync(journal, Receiver, Http, MaxWait);

        Check($"(1) kill -9 of {target}", journal, [.. kills]);
    }

    /// <summary>Looks at what has ended by now; where a store that was killed answers again.</summary>
    private static Task SeeAllAsync(Journal journal) => Eventually.That(
        async () =>
        {
            try
            {
                await journal.SeeAllAsync();
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        MaxWait,
        "all timers are listed");

    /// <summary>
    /// Kills it and starts it again at once. Only a Runner, or one cut from its store, can have sent what is not written down.
    /// </summary>
    protected async Task<Fault> KillAsync(string target, int which = 0)
    {
        var killedAt = TimeProvider.System.GetUtcNow();
        if (EngineOf(target) is { } engine)
        {
            engine.Kill();
            engine.Start();
        }
        else
        {
            var process = (target == "Producer" ? Cluster.Producers : target == "Consumer" ? Cluster.Consumers : Cluster.Runners)[which];
            await process.KillAsync();
            await process.StartAsync();
        }

        var until = TimeProvider.System.GetUtcNow();
        var doubt = target switch
        {
            "Runner" => Doubt.AtItsStart,
            "MongoDB" when until - killedAt > Unnoticed => Doubt.WhileItLasts,
            _ => Doubt.Nothing,
        };

        // Neither of these two stands between a timer that is stored and its webhook.
        return new Fault(target, killedAt, until, doubt) { Recovery = target is "Redis" or "Producer" ? TimeSpan.Zero : Recovery };
    }

    /// <summary>A timer for the present moment fires.</summary>
    protected async Task FiresAsync()
    {
        var path = $"/{Guid.NewGuid():N}";
        await Eventually.That(
            async () => await PostAsync(new { url = Receiver.At(path), delay = "PT0S" }) == HttpStatusCode.Accepted, MaxWait,
            "a timer is accepted");
        await Eventually.That(() => Receiver.Journal.Any(arrival => arrival.Path == path), MaxWait, "it fires");
    }

    protected async Task<HttpStatusCode> PostAsync(object request, int producer = 0)
    {
        using var answer = await Cluster.Producers[producer].Http.PostAsJsonAsync(Timers, request);
        return answer.StatusCode;
    }

    private OwnEngine? EngineOf(string target) => target switch
    {
        "Kafka" => Cluster.Kafka,
        "RabbitMQ" => Cluster.RabbitMq,
        "MongoDB" => Cluster.Mongo,
        "Redis" => Cluster.Redis,
        _ => null,
    };
}
