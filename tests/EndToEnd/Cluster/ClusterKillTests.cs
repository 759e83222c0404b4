using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Cluster;

/// <summary>kill -9 of each process and each engine, round after round, while clients create, cancel and move timers at both Producers.</summary>
[NonParallelizable]
[Category(FaultReport.Category)]
public sealed class ClusterKillTests : ClusterFixture
{
    /// <summary>In the suite these two; ClusterTests kills each of the others there.</summary>
    private static string[] Targets => Rounds.Given is null ? ["Runner", "Redis"] : ["Producer", "Consumer", "Runner", "Kafka", "MongoDB", "Redis"];

    [TestCaseSource(nameof(Targets))]
    public Task Kills_at_random_moments_break_no_promise(string target) => KillInRoundsAsync(target);

    [Test]
    public async Task Fifty_contenders_for_a_key_at_two_Producers_and_a_kill_before_the_answer_make_one_timer()
    {
        var contest = new Contest(Cluster.Producers, Receiver);

        await contest.RunAsync(Rounds.Cluster, round => round % 2 == 0 ? Cluster.Producers[1] : Cluster.Consumers[0], Doubt.Nothing);

        await contest.CheckAsync(Engines, Recovery);
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
}
