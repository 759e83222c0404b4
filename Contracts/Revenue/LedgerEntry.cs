namespace Contracts.Revenue;

/// <summary>An entry of a user's ledger: an event or an adjustment.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="At">When it occurred, in 100 ns since 1970.</param>
/// <param name="Effect">What it adds to the balance.</param>
/// <param name="Currency">In which currency.</param>
/// <param name="Name">The event's name; null for an adjustment.</param>
/// <param name="Original">The id of the event that it adjusts; null for an event.</param>
/// <param name="Reason">Why it was adjusted, for people; null for none.</param>
/// <param name="ReceivedAt">When it was received, UTC.</param>
/// <param name="Address">The recorded part of the client's address; null for none.</param>
public sealed record LedgerEntry(
    string EventId, long At, Amount Effect, string Currency, string? Name, string? Original, string? Reason, DateTimeOffset ReceivedAt,
    string? Address);
