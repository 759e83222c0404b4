namespace Contracts.Timers;

/// <summary>Names one claimed batch. Drawn by the store, never drawn twice, so a late write about an old claim is told apart.</summary>
/// <param name="Value">Opaque; above zero.</param>
public readonly record struct ClaimToken(long Value);
