using Tests.Support;

namespace Tests.Faults;

/// <summary>Everything that the oracle judges by.</summary>
/// <param name="Told">The clients' journal.</param>
/// <param name="Arrivals">The receiver's journal.</param>
public sealed record Evidence(IReadOnlyList<Told> Told, IReadOnlyList<Arrival> Arrivals)
{
    /// <summary>What was broken during the run.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    public IReadOnlyList<Seen> Seen { get; init; } = [];

    public IReadOnlyList<Recount> Recounts { get; init; } = [];

    /// <summary>Timers due later than this are not owed yet.</summary>
    public DateTimeOffset AsOf { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>
    /// How late a timer may be on top of an outage and the recovery from it. Generous: punctuality is for the benchmarks to measure.
    /// </summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>What the oracle found.</summary>
/// <param name="Violations">Broken promises.</param>
/// <param name="Repeated">Webhooks that arrived again, excused or not.</param>
/// <param name="Acknowledged">Timers that the service owed.</param>
/// <param name="Lost">How many of them were lost.</param>
/// <param name="WorstLateness">Greatest lateness of a first arrival.</param>
public sealed record Findings(
    IReadOnlyList<Violation> Violations, IReadOnlyList<Arrival> Repeated, int Acknowledged, int Lost, TimeSpan WorstLateness);
