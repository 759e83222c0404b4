using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Cluster;

/// <summary>Lines between the programs and each engine: cut, slow, and half-open, so that what is sent is swallowed and nobody is told.</summary>
[NonParallelizable]
[Category(FaultReport.Category)]
public sealed class ClusterLinesTests : ClusterFixture
{
    private static readonly string[] Lines = ["Kafka", "MongoDB", "Redis"];

    /// <summary>A half-open connection is noticed by its silence, up to twenty seconds after it is whole again. Redis may be gone and nobody notices.</summary>
    private static TimeSpan BudgetOf((string Line, string Fault)[] faults) =>
        TimeSpan.FromSeconds(faults.All(each => each.Line == "Redis") ? 10 : 45);

    /// <summary>A Runner that is cut from the store sends on for so long at least.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    /// <summary>In the long version longer than a lease and a session of Kafka's last.</summary>
    private static TimeSpan Broken => TimeSpan.FromSeconds(Rounds.Given is null ? 2 : 12);

    private static IEnumerable<TestCaseData> Cases() => Rounds.Given is null
        ? [new TestCaseData(new[] { ("Kafka", "slow"), ("Redis", "cut"), ("MongoDB", "half-open") }, 1).SetArgDisplayNames("each in turn")]
        : from line in Lines
          from fault in new[] { "cut", "slow", "half-open" }
          select new TestCaseData(new[] { (line, fault) }, Math.Max(1, Rounds.Cluster / 4)).SetArgDisplayNames(line, fault);

    [TestCaseSource(nameof(Cases))]
    public async Task Broken_lines_break_no_promise((string Line, string Fault)[] faults, int rounds)
    {
        await using var lines = await Toxiproxy.StartAsync(("Kafka", PortOf(Cluster.Kafka!)), ("MongoDB", PortOf(Cluster.Mongo)), ("Redis", PortOf(Cluster.Redis)));
        await RestartAsync([.. lines.Launcher]);
        try
        {
            Receiver.Answer(Clients.AnswerAsync);
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

            await journal.DeliveredAsync(Receiver, Patience * 2);
            await Clients.EndedAsync(journal, Receiver, Http, Patience);
            var name = string.Join(", ", faults.Select(each => $"{each.Line} {each.Fault}"));
            FaultReport.Check($"(1, 4, 5) lines: {name}", "cluster", windows.Count, journal.Evidence(Receiver, [.. windows]) with { Budget = BudgetOf(faults) });
        }
        finally
        {
            await RestartAsync([]);
        }
    }

    private async Task<Fault> BreakAsync(Toxiproxy lines, string line, string fault, Journal journal)
    {
        var owed = journal.Count + 50;
        var broken = await Clients.DuringAsync(journal, Receiver, async () =>
        {
            await Eventually.That(() => journal.Count >= owed, Patience, "creates flow");
            var brokenAt = TimeProvider.System.GetUtcNow();
            await (fault switch
            {
                "cut" => lines.CutAsync(line),
                "slow" => lines.SlowAsync(line, milliseconds: 150),
                _ => lines.HalfOpenAsync(line),
            });
            await Task.Delay(Broken);
            await lines.MendAsync(line);

            // Only who is cut from the store for longer than its lease may have sent what is not written down; on a slow line it can be.
            var mendedAt = TimeProvider.System.GetUtcNow();
            var doubt = line == "MongoDB" && fault != "slow" && mendedAt - brokenAt >= Lease ? Doubt.WhileItLasts : Doubt.Nothing;
            return new Fault($"{line} {fault}", brokenAt, mendedAt, doubt);
        });
        await FiresAsync();
        return broken;
    }

    private async Task RestartAsync(string[] launcher)
    {
        ServiceProcess[] all = [.. Cluster.Producers, .. Cluster.Consumers, .. Cluster.Runners];
        await Task.WhenAll(all.Select(async process =>
        {
            await process.TerminateAsync();
            await process.StartAsync(wait: true, launcher);
        }));
    }

    private static int PortOf(OwnEngine engine) => new Uri(engine.Uri.Contains("://", StringComparison.Ordinal) ? engine.Uri : $"tcp://{engine.Uri}").Port;
}
