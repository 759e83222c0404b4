using System.Net;
using System.Net.Http.Json;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Cluster;

/// <summary>The three programs with RabbitMQ in Kafka's place: creates wait for their row, one Runner is active and the other stands by.</summary>
[NonParallelizable]
[Category(FaultReport.Category)]
public sealed class RabbitMqClusterTests
{
    private const string Timers = "/api/v1/timers";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private Support.Cluster cluster = null!;
    private Receiver receiver = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        await SharedCluster.EndNowAsync();
        cluster = await Support.Cluster.StartAsync(each: 2, brokers: 0);
    }

    [OneTimeTearDown]
    public async Task End()
    {
        if (cluster is not null)
        {
            await cluster.DisposeAsync();
        }
    }

    [SetUp]
    public async Task Revive()
    {
        await cluster.ReviveAsync();
        receiver = await Receiver.StartAsync();
    }

    [TearDown]
    public async Task Tell()
    {
        await receiver.DisposeAsync();
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
        {
            await TestContext.Out.WriteLineAsync(cluster.Output());
        }
    }

    [Test]
    public async Task A_create_is_answered_when_its_row_is_there_and_fires()
    {
        using var answer = await cluster.Http.PostAsJsonAsync(Timers, new { url = receiver.At("/hook"), delay = "PT1S" });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        using var unknown = await cluster.Http.GetAsync($"{Timers}/none");
        Assert.That(unknown.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));

        await Eventually.That(() => receiver.Count == 1, Patience, "the webhook arrives");
        Journal.CheckNothingEarly(receiver);
    }

    [Test]
    public async Task The_active_Runner_killed_among_2000_timers_is_followed_by_the_one_that_stands_by()
    {
        var journal = new Journal(cluster.Http);
        var start = TimeProvider.System.GetUtcNow().AddSeconds(4);
        await journal.CreateBatchAsync(2_000, i => new { url = receiver.At("/hook"), dueAt = start.AddMilliseconds(i * 3) });
        await Eventually.That(() => receiver.Count > 500, Patience, "a quarter has arrived");

        // Whichever leads: killed one after the other, the second when the first is back.
        var killedAt = TimeProvider.System.GetUtcNow();
        await cluster.Runners[0].KillAsync();
        await cluster.Runners[0].StartAsync();
        await journal.DeliveredAsync(receiver, Patience);
        await cluster.Runners[1].KillAsync();
        await cluster.ReviveAsync();

        var kills = new Fault("Runners killed", killedAt, TimeProvider.System.GetUtcNow());
        FaultReport.Check("(1) kill -9 of each Runner", "cluster with RabbitMQ", 2, journal.Evidence(receiver, kills));
    }

    [Test]
    public async Task RabbitMq_down_refuses_creates_and_what_is_stored_goes_on()
    {
        var journal = new Journal(cluster.Http);
        var start = TimeProvider.System.GetUtcNow().AddSeconds(4);
        await journal.CreateBatchAsync(300, i => new { url = receiver.At("/hook"), dueAt = start.AddMilliseconds(i * 20) });

        cluster.RabbitMq!.Kill();
        await Eventually.That(
            async () =>
            {
                using var answer = await cluster.Http.PostAsJsonAsync(Timers, new { url = receiver.At("/refused"), delay = "PT0S" });
                return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            Patience,
            "creates are refused");
        var refusing = new Journal(cluster.Http);
        await refusing.CreateAsync(20, _ => new { url = receiver.At("/refused"), delay = "PT0S" }, connections: 1);
        Assert.That((refusing.Refused.Count, refusing.Unknown.Count), Is.EqualTo((20, 0)));
        using var read = await cluster.Http.GetAsync($"{Timers}/{journal.Acknowledged[0].Id}");
        Assert.That(read.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await journal.DeliveredAsync(receiver, Patience);

        cluster.RabbitMq.Start();
        await cluster.ReviveAsync();
        refusing.Check(receiver);
        FaultReport.Check("(1, 2) RabbitMQ down", "cluster with RabbitMQ", 1, journal.Evidence(receiver));
    }
}
