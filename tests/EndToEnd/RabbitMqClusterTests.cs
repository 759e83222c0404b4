using System.Net;
using System.Net.Http.Json;
using Tests.Clusters;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>
/// The three programs with RabbitMQ in Kafka's place: creates wait for their row, one Runner is active and the other stands by.
/// </summary>
/// <remarks>Not in the namespace of the shared cluster, whose fixtures run alone.</remarks>
[Parallelizable]
[Category(FaultReport.Category)]
public sealed class RabbitMqClusterTests : ClusterFixture
{
    /// <summary>In the suite none: the other tests here kill Runners and RabbitMQ, and each round takes a quarter of a minute.</summary>
    private static string[] Targets => Rounds.Given is null ? [] : ["Producer", "Consumer", "Runner", "RabbitMQ"];

    protected override string Engines => "cluster with RabbitMQ";

    [OneTimeTearDown]
    public async Task End()
    {
        if (Cluster is not null)
        {
            await Cluster.DisposeAsync();
        }
    }

    [TestCaseSource(nameof(Targets))]
    public Task Kills_at_random_moments_break_no_promise(string target) => KillInRoundsAsync(target);

    [Test]
    public async Task A_create_is_answered_when_its_row_is_there_and_fires()
    {
        using var answer = await Http.PostAsJsonAsync(Timers, new { url = Receiver.At("/hook"), delay = "PT1S" });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        using var unknown = await Http.GetAsync($"{Timers}/none");
        Assert.That(unknown.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));

        await Eventually.That(() => Receiver.Count == 1, MaxWait, "the webhook arrives");
        Journal.CheckNothingEarly(Receiver);
    }

    [Test]
    public async Task The_active_Runner_killed_among_2000_timers_is_followed_by_the_one_that_stands_by()
    {
        var journal = NewJournal();
        var start = TimeProvider.System.GetUtcNow().AddSeconds(4);
        await journal.CreateBatchAsync(2_000, i => new { url = Receiver.At("/hook"), dueAt = start.AddMilliseconds(i * 5) });

        // Whichever leads: killed one after the other, the second when the first is back.
        await Eventually.That(() => Receiver.Count > 500, MaxWait, "a quarter has arrived");
        var first = await KillAsync("Runner", 0);
        await Eventually.That(() => Receiver.Count > 1_250, MaxWait, "some more have arrived");
        var second = await KillAsync("Runner", 1);

        await journal.DeliveredAsync(Receiver, MaxWait);
        Check("(1) kill -9 of each Runner", journal, first, second);
    }

    [Test]
    public async Task RabbitMq_down_refuses_creates_and_what_is_stored_goes_on()
    {
        var journal = NewJournal();
        var start = TimeProvider.System.GetUtcNow().AddSeconds(4);
        var count = (int)(Rounds.Outage.TotalSeconds * 50);
        await journal.CreateBatchAsync(count, i => new { url = Receiver.At("/hook"), dueAt = start.AddMilliseconds(i * 20) });

        Cluster.RabbitMq!.Kill();
        await Eventually.That(
            async () =>
            {
                using var answer = await Http.PostAsJsonAsync(Timers, new { url = Receiver.At("/refused"), delay = "PT0S" });
                return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            MaxWait,
            "creates are refused");
        var refusing = NewJournal();
        await refusing.CreateAsync(20, _ => new { url = Receiver.At("/refused"), delay = "PT0S" }, connections: 1);
        Assert.That((refusing.Refused.Count, refusing.Unknown.Count), Is.EqualTo((20, 0)));
        using var read = await Http.GetAsync($"{Timers}/{journal.Acknowledged[0].Id}");
        Assert.That(read.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await journal.DeliveredAsync(Receiver, Rounds.Outage + MaxWait);

        Cluster.RabbitMq.Start();
        await Cluster.ReviveAsync();
        refusing.Check(Receiver);
        Check("(1, 2) RabbitMQ down", journal);
    }

    protected override Task<Support.Cluster> GetClusterAsync() => Support.Cluster.StartAsync(each: 2, brokers: 0);
}
