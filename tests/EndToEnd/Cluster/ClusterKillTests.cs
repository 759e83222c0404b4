using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Cluster;

/// <summary>kill -9 of each process and each engine, round after round, while clients create, cancel and move timers at both Producers.</summary>
[NonParallelizable]
[Category(FaultReport.Category)]
public sealed class ClusterKillTests : ClusterFixture
{
    /// <summary>How late beyond an outage: groups settle in 6 s, claims are taken back in 6 s, one after the other at worst, on busy processors.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(30);

    /// <summary>In the suite these two; ClusterTests kills each of the others there.</summary>
    private static string[] Targets => Rounds.Given is null ? ["Runner", "Redis"] : ["Producer", "Consumer", "Runner", "Kafka", "MongoDB", "Redis"];

    [TestCaseSource(nameof(Targets))]
    public async Task Kills_at_random_moments_break_no_promise(string target)
    {
        Receiver.Answer(Clients.AnswerAsync);
        var journal = NewJournal();
        var random = new Random(1);
        var kills = new List<Fault>();
        for (var round = 0; round < Rounds.Cluster; round++)
        {
            using var ended = new CancellationTokenSource();
            var clients = Clients.RunAsync(journal, Receiver, ended.Token);
            var owed = journal.Count + random.Next(50, 300);
            await Eventually.That(() => journal.Count >= owed, Patience, "creates flow");
            kills.Add(await KillAsync(target, round % 2));
            await ended.CancelAsync();
            await clients;
        }

        await journal.DeliveredAsync(Receiver, Patience);
        await Clients.EndedAsync(journal, Receiver, Http, Patience);
        FaultReport.Check($"(1) kill -9 of {target}", "cluster", kills.Count, journal.Evidence(Receiver, [.. kills]) with { Budget = Budget });
    }

    [Test]
    public async Task Fifty_contenders_for_a_key_at_two_Producers_and_a_kill_before_the_answer_make_one_timer()
    {
        var journal = NewJournal();
        var kills = new List<Fault>();
        for (var round = 0; round < Rounds.Cluster; round++)
        {
            kills.Add(await IdempotencyTests.ContendAsync(journal, Receiver, round % 2 == 0 ? Cluster.Producers[1] : Cluster.Consumers[0]));
        }

        await IdempotencyTests.CheckAsync(journal, Receiver, "cluster", kills);
    }

    [Test]
    public async Task Runners_whose_clocks_are_two_hours_ahead_and_ten_minutes_behind_send_nothing_early()
    {
        using var folder = new TemporaryFolder();
        TimeSpan[] offsets = [TimeSpan.FromHours(2), TimeSpan.FromMinutes(-10)];
        foreach (var (runner, offset) in Cluster.Runners.Zip(offsets))
        {
            var launcher = await FakeTime.LauncherAsync(folder, offset);
            await runner.TerminateAsync();
            await runner.StartAsync(wait: false, launcher);
        }

        try
        {
            // Both take part, however wrong their clocks are; health says that they are.
            await FiresAsync();
            var journal = NewJournal();
            await journal.CreateBatchAsync(1_000, i => new { url = Receiver.At("/hook"), delay = $"PT{3 + (i / 250.0):0.000}S" });
            await journal.DeliveredAsync(Receiver, Patience);
            Check("(3) Runners' clocks +2 h and -10 min", journal);
            foreach (var runner in Cluster.Runners)
            {
                using var ready = await runner.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                Assert.That((int)ready.StatusCode, Is.EqualTo(503), await ready.Content.ReadAsStringAsync());
            }
        }
        finally
        {
            await Task.WhenAll(Cluster.Runners.Select(runner => runner.TerminateAsync()));
        }
    }

    /// <summary>Kills it and starts it again at once. Only a Runner, or one cut from its store, can have sent what is not written down.</summary>
    private async Task<Fault> KillAsync(string target, int which)
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

        var doubt = target switch { "Runner" => Doubt.AtItsStart, "MongoDB" => Doubt.WhileItLasts, _ => Doubt.Nothing };
        return new Fault(target, killedAt, TimeProvider.System.GetUtcNow(), doubt);
    }

    private OwnEngine? EngineOf(string target) => target switch
    {
        "Kafka" => Cluster.Kafka,
        "MongoDB" => Cluster.Mongo,
        "Redis" => Cluster.Redis,
        _ => null,
    };
}
