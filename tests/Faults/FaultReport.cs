using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Tests.Faults;

/// <summary>
/// What the fault tests measured, for people to read: written to the file that TEST_FAULT_REPORT names, at the end of the run.
/// </summary>
public static class FaultReport
{
    /// <summary>Category of the tests that <c>./build.sh faults</c> runs.</summary>
    public const string Category = "Fault";

    private static readonly ConcurrentQueue<string> Table = new();
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow();

    /// <summary>Records what the oracle found, then fails if anything is wrong: the figures are recorded in any case.</summary>
    /// <param name="fault">Description of the fault.</param>
    /// <param name="engines">embedded or cluster.</param>
    /// <param name="rounds">How often it happened.</param>
    /// <param name="evidence">Evidence of all rounds together.</param>
    public static Findings Check(string fault, string engines, int rounds, Evidence evidence)
    {
        var found = Oracle.Judge(evidence);
        var worst = $"{found.WorstLateness.TotalSeconds:0.00} s";
        Table.Enqueue($"| {fault} | {engines} | {rounds} | {found.Acknowledged:N0} | {found.Lost} | {found.Repeated.Count:N0} | {worst} "
            + $"| {found.Violations.Count} |");
        TestContext.Out.WriteLine(
            $"{fault}, {engines}: {rounds} rounds, {found.Acknowledged} acknowledged, {found.Lost} lost, {found.Repeated.Count} repeated, "
                + $"worst lateness {worst}");
        return Journal.Check(evidence);
    }

    /// <summary>Records a fault that is judged by its own test rather than by the oracle. Figures that do not apply are left out.</summary>
    /// <param name="fault">Description of the fault.</param>
    /// <param name="engines">embedded or cluster.</param>
    /// <param name="rounds">How often it happened.</param>
    /// <param name="acknowledged">How many timers were owed.</param>
    /// <param name="lost">How many of those were found nowhere.</param>
    /// <param name="repeated">How many webhooks came again.</param>
    public static void Note(string fault, string engines, int rounds, int? acknowledged = null, int? lost = null, int? repeated = null)
    {
        Table.Enqueue($"| {fault} | {engines} | {rounds} | {Count(acknowledged)} | {Count(lost)} | {Count(repeated)} | – | – |");
        TestContext.Out.WriteLine(
            $"{fault}, {engines}: {rounds} rounds, {Count(acknowledged)} acknowledged, {Count(lost)} lost, {Count(repeated)} repeated");
    }

    /// <summary>Called once, at the end of the run.</summary>
    public static void Write()
    {
        if (Environment.GetEnvironmentVariable("TEST_FAULT_REPORT") is { Length: > 0 } file && !Table.IsEmpty)
        {
            string[] head =
            [
                $"# {Start:yyyy-MM-dd}, faults",
                string.Empty,
                $"{Environment.ProcessorCount} processors "
                    + $"({Processor()}), {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; "
                + "clients, receiver, services and engines on the same machine.",
                $"Begun {Start:HH:mm} UTC, ended {TimeProvider.System.GetUtcNow():HH:mm}, with",
                $"TEST_FAULT_ROUNDS={Rounds.Given} and TEST_OUTAGE_SECONDS={Rounds.Outage.TotalSeconds:0}. What each line does: "
                    + $"docs/faults.md.",
                "A dash: not judged by the oracle but by the test itself, or nothing there to be counted.",
                string.Empty,
                "| fault | engines | rounds | acknowledged | lost | duplicates | worst lateness | violations |",
                "|---|---|---|---|---|---|---|---|",
            ];
            File.WriteAllLines(file, [.. head, .. Table.Order()]);
        }
    }

    private static string Count(int? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "–";

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";
}
