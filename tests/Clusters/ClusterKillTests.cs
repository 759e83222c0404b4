using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.Faults;
using Tests.Support;

namespace Tests.Clusters;

/// <summary>
/// kill -9 of each process and each engine, round after round, while clients create, cancel and move timers at both Producers.
/// </summary>
[NonParallelizable]
[Category(FaultReport.Category)]
public sealed class ClusterKillTests : ClusterFixture
{
    /// <summary>What health says of a clock that is wrong, before the seconds that it is ahead.</summary>
    private const string Clock = "This machine's clock is ";

    /// <summary>In the suite these two; ClusterTests kills each of the others there.</summary>
    private static string[] Targets =>
        Rounds.Given is null ? ["Runner", "Redis"] : ["Producer", "Consumer", "Runner", "Kafka", "MongoDB", "Redis"];

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
            var first = NewJournal();
            await Eventually.That(
                async () =>
                {
                    await first.CreateBatchAsync(10, _ => new { url = Receiver.At("/first"), delay = "PT0S" });
                    return (await SentAsync()).All(sent => sent > 0);
                },
                MaxWait,
                "both Runners have sent");
            await first.DeliveredAsync(Receiver, MaxWait);
            var before = await SentAsync();
            var journal = NewJournal();
            await journal.CreateBatchAsync(1_000, i => new { url = Receiver.At("/hook"), delay = $"PT{3 + (i / 250.0):0.000}S" });
            await journal.DeliveredAsync(Receiver, MaxWait);
            Check("(3) Runners' clocks +2 h and -10 min", journal);
            var sent = (await SentAsync()).Zip(before, (now, then) => now - then).ToList();
            Assert.That(sent, Is.All.Positive, "each has sent some of these");
            await TestContext.Out.WriteLineAsync($"sent by each: {string.Join(", ", sent)}");
            foreach (var (runner, offset) in Cluster.Runners.Zip(offsets))
            {
                using var ready = await runner.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                Assert.That(ready.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
                var says = (await ready.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!;
                Assert.That(says, Does.Contain(Clock));
                var ahead = double.Parse(says.Split(Clock)[1].Split(' ')[0], CultureInfo.InvariantCulture);
                Assert.That(ahead, Is.EqualTo(offset.TotalSeconds).Within(60), says);
            }
        }
        finally
        {
            await Task.WhenAll(Cluster.Runners.Select(runner => runner.TerminateAsync()));
        }
    }

    /// <summary>Attempts of each Runner since it was started, by its own metrics.</summary>
    private Task<double[]> SentAsync() => Task.WhenAll(Cluster.Runners.Select(async runner =>
    {
        try
        {
            var metrics = await runner.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
            return metrics.Split('\n').Where(line => line.StartsWith("timers_attempts_total", StringComparison.Ordinal))
                .Sum(line => double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return 0;
        }
    }));
}
