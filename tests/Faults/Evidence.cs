using Tests.Support;

namespace Tests.Faults;

/// <summary>All that the oracle judges by.</summary>
/// <param name="Told">The clients' journal.</param>
/// <param name="Arrivals">The receiver's.</param>
public sealed record Evidence(IReadOnlyList<Told> Told, IReadOnlyList<Arrival> Arrivals)
{
    /// <summary>What was broken meanwhile.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    public IReadOnlyList<Seen> Seen { get; init; } = [];

    public IReadOnlyList<Recount> Recounts { get; init; } = [];

    /// <summary>What falls due later is not owed yet.</summary>
    public DateTimeOffset AsOf { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>
    /// How late a timer may be beyond an outage and the recovery from it. Generous: punctuality is the benchmarks' to measure.
    /// </summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>What the oracle found.</summary>
/// <param name="Violations">Broken promises.</param>
/// <param name="Repeated">Arrivals that came again, excused or not.</param>
/// <param name="Acknowledged">Timers that the service owed.</param>
/// <param name="Lost">Of them.</param>
/// <param name="WorstLateness">Of first arrivals.</param>
public sealed record Findings(
    IReadOnlyList<Violation> Violations, IReadOnlyList<Arrival> Repeated, int Acknowledged, int Lost, TimeSpan WorstLateness);
