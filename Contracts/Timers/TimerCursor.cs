namespace Contracts.Timers;

/// <summary>The end of a page of a listing, in the store's own order.</summary>
/// <param name="Position">The last timer's place, above zero.</param>
/// <param name="Key">The last timer's key, where several may share a place; else empty.</param>
public sealed record TimerCursor(long Position, Guid Key = default);
