using System.Diagnostics;
using System.Net.Http.Json;
using System.Net;
using System.Text.Json;
using Contracts.Common;
using Tests.Faults;
using Tests.Support;

namespace Tests.Clusters;

/// <summary>
/// Lines between the programs and each engine: cut, slow, and half-open, so that what is sent is swallowed and nobody is told.
/// </summary>
[NonParallelizable]
[Category(FaultReport.Category)]
public sealed class ClusterLinesTests : ClusterFixture
{
    private static readonly string[] Lines = ["Kafka", "MongoDB", "Redis"];

    /// <summary>
    /// A half-open connection is noticed by its silence, up to fifteen seconds after it is whole again. A slow one loses
    /// nothing, and Redis may be gone and nobody notices.
    /// </summary>
    private static TimeSpan RecoveryFrom(string line, string fault) => (line, fault) switch
    {
        ("Redis", _) or (_, "slow") => TimeSpan.Zero,
        (_, "cut") => Recovery,
        _ => Recovery + TimeSpan.FromSeconds(15),
    };

    /// <summary>A Runner that is cut from the store sends on for so long at least.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    /// <summary>In the long version longer than a lease and a session of Kafka's last.</summary>
    private static TimeSpan Broken => TimeSpan.FromSeconds(Rounds.Given is null ? 2 : 12);

    /// <summary>Milliseconds that a slow line takes, each way, a quarter more or less.</summary>
    private const int Slowness = 150;

    /// <summary>There and back.</summary>
    private static readonly TimeSpan MinOfASlowLine = TimeSpan.FromMilliseconds(2 * (Slowness - (Slowness / 4)));

    /// <summary>A copy is put into Redis behind a create's answer.</summary>
    private static readonly TimeSpan Copying = TimeSpan.FromMilliseconds(500);

    private ServiceProcess[] Programs => [.. Cluster.Producers, .. Cluster.Consumers, .. Cluster.Runners];

    private static IEnumerable<TestCaseData> Cases() => Rounds.Given is null
        ? [new TestCaseData(new[] { ("Kafka", "slow"), ("Redis", "cut"), ("MongoDB", "half-open") }, 1).SetArgDisplayNames("each in turn")]
        : from line in Lines
          from fault in new[] { "cut", "slow", "half-open" }
          select new TestCaseData(new[] { (line, fault) }, Math.Max(1, Rounds.Cluster / 4)).SetArgDisplayNames(line, fault);

    [TestCaseSource(nameof(Cases))]
    public async Task Broken_lines_break_no_promise((string Line, string Fault)[] faults, int rounds)
    {
        await using var lines = await Toxiproxy.StartAsync(
            ("Kafka", PortOf(Cluster.Kafka!)), ("MongoDB", PortOf(Cluster.Mongo)), ("Redis", PortOf(Cluster.Redis)));
        await RestartAsync([.. lines.Launcher]);
        try
        {
            Receiver.Answer(Clients.AnswerAsync);
            await Eventually.That(
                () => Programs.All(lines.CarriesAll), MaxWait, "each program reaches each engine by its line, and by no other way");
            await FiresAsync();
            var journal = NewJournal();
            var windows = new List<Fault>();
            for (var round = 0; round < rounds; round++)
            {
                foreach (var (line, fault) in faults)
                {
                    windows.Add(await BreakAsync(lines, line, fault, journal));
                }
            }

            await journal.DeliveredAsync(Receiver, MaxWait * 2);
            await Clients.EndedAsync(journal, Receiver, Http, MaxWait);
            var name = string.Join(", ", faults.Select(each => $"{each.Line} {each.Fault}"));
            FaultReport.Check($"(1, 4, 5) lines: {name}", "cluster", windows.Count, journal.Evidence(Receiver, [.. windows]));
        }
        finally
        {
            await RestartAsync([]);
        }
    }

    /// <summary>Breaks it until that is seen, and for a while at least, then mends it.</summary>
    private async Task<Fault> BreakAsync(Toxiproxy lines, string line, string fault, Journal journal)
    {
        var owed = journal.Count + 50;
        var broken = await Clients.DuringAsync(journal, Receiver, async () =>
        {
            await Eventually.That(() => journal.Count >= owed, MaxWait, "creates flow");
            if (line == "Redis")
            {
                await Eventually.That(IsCopiedAsync, MaxWait, "copies come to Redis");
            }

            var brokenAt = TimeProvider.System.GetUtcNow();
            await (fault switch
            {
                "cut" => lines.CutAsync(line),
                "slow" => lines.SlowAsync(line, Slowness),
                _ => lines.HalfOpenAsync(line),
            });
            await Task.WhenAll(Task.Delay(Broken), fault == "slow" ? IsSlowAsync(line) : IsGoneAsync(line));
            if (fault == "cut")
            {
                Assert.That(Programs.Where(program => lines.Carries(line, program)), Is.Empty, $"connected by the line to {line}");
            }

            await lines.MendAsync(line);

            // Only who is cut from the store for longer than its lease may have sent what is not written down; on a slow line it can be.
            var mendedAt = TimeProvider.System.GetUtcNow();
            var doubt = line == "MongoDB" && fault != "slow" && mendedAt - brokenAt >= Lease ? Doubt.WhileItLasts : Doubt.Nothing;
            return new Fault($"{line} {fault}", brokenAt, mendedAt, doubt) { Recovery = RecoveryFrom(line, fault) };
        });
        await FiresAsync();
        return broken;
    }

    private async Task RestartAsync(string[] launcher)
    {
        await Task.WhenAll(Programs.Select(async process =>
        {
            await process.TerminateAsync();
            await process.StartAsync(wait: true, launcher);
        }));
    }

    /// <summary>Waits until those miss the engine who need it. Redis nobody does: what is missing is what they would put there.</summary>
    private Task IsGoneAsync(string line) => line switch
    {
        "Kafka" => SayAsync("log", Cluster.Producers),
        "MongoDB" => SayAsync("store", Programs),
        _ => Eventually.That(async () => !await IsCopiedAsync(), MaxWait, "copies stay away from Redis"),
    };

    /// <summary>What goes by a slow line takes its time. Redis is given less than that, and is soon as good as gone.</summary>
    private Task IsSlowAsync(string line) => line switch
    {
        "Kafka" => TakesAsync(async () => Assert.That(
            await PostAsync(new { url = Receiver.At("/slow"), delay = "PT0S" }), Is.EqualTo(HttpStatusCode.Accepted))),
        "MongoDB" => TakesAsync(() => Http.GetFromJsonAsync<JsonElement>($"{Timers}?limit=1")),
        _ => IsGoneAsync(line),
    };

    private static async Task TakesAsync(Func<Task> ask)
    {
        for (var i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            await ask();
            Assert.That(watch.Elapsed, Is.GreaterThanOrEqualTo(MinOfASlowLine), "by way of the slow line");
        }
    }

    private static Task SayAsync(string engine, IReadOnlyList<ServiceProcess> programs) =>
        Task.WhenAll(programs.Select(program => Eventually.That(
        async () =>
        {
            using var answer = await program.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("checks", out var checks)
                && checks.GetProperty(engine).GetString() != "ok";
        },
        MaxWait,
        () => $"each program says that the {engine} is gone\n{program.Output}")));

    /// <summary>Whether Redis has a copy of a timer that was created just now.</summary>
    private async Task<bool> IsCopiedAsync()
    {
        using var answer = await Http.PostAsJsonAsync(Timers, new { url = Receiver.At("/copied"), delay = "PT0S" });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Copying)
        {
            var (exitCode, output) = Tools.Run("redis-cli", "-p", $"{PortOf(Cluster.Redis)}", "exists", $"{Tenant.Default}:timer:{id:N}");
            Assert.That(exitCode, Is.Zero, output);
            if (output.Trim() == "1")
            {
                return true;
            }

            await Task.Delay(50);
        }

        return false;
    }

    private static int PortOf(OwnEngine engine) =>
        new Uri(engine.Uri.Contains("://", StringComparison.Ordinal) ? engine.Uri : $"tcp://{engine.Uri}").Port;
}
