namespace Contracts.Events;

/// <summary>One step of a purge.</summary>
/// <param name="Deleted">Number of rows that it deleted.</param>
/// <param name="Next">Where the next step goes on; null at the end.</param>
public sealed record PurgeStep(int Deleted, string? Next);
