namespace Contracts.Events;

/// <summary>What a pass that compares rollups with the raw events has found.</summary>
/// <param name="Checked">How many rollups were compared.</param>
/// <param name="Drifted">Those that differed, by name, each with how: a sentence.</param>
/// <param name="Next">Where the next pass goes on; null at the end.</param>
public sealed record DriftReport(int Checked, IReadOnlyList<string> Drifted, string? Next);
