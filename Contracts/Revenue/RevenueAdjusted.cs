using Contracts.Events;

namespace Contracts.Revenue;

/// <summary>An event was wrong, or was taken back. It stays as it is, and this is linked to it, in its currency.</summary>
/// <param name="User">The user's id.</param>
/// <param name="Original">The id of the event that it adjusts, which is no adjustment itself.</param>
/// <param name="EventId">Its own id, unique within the user like those of events.</param>
/// <param name="Delta">What to add to the balance, of any sign, so that adjustments add up in any order.</param>
/// <param name="At">
/// When it occurred, in 100 ns since 1970. It counts there, and not where its original does: sums of former periods stay as they were
/// reported.
/// </param>
/// <param name="Stamp">When and from where it came.</param>
/// <param name="Reason">Why, for people; null for none.</param>
public sealed record RevenueAdjusted(
    string User, string Original, string EventId, Amount Delta, long At, EventStamp Stamp, string? Reason = null);
