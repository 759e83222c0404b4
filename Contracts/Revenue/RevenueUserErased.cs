using Contracts.Events;

namespace Contracts.Revenue;

/// <summary>Everything about a user is to be erased that came before this message.</summary>
/// <param name="User">The user's id.</param>
/// <param name="Stamp">When and from where it came.</param>
public sealed record RevenueUserErased(string User, EventStamp Stamp);
