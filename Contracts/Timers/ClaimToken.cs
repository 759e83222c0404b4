namespace Contracts.Timers;

/// <summary>Identifies one claimed batch. Never issued twice, so that a late write about an old claim is recognised.</summary>
/// <param name="Value">Opaque; above zero.</param>
public readonly record struct ClaimToken(long Value);
