using Contracts.Events;

namespace Contracts.Revenue;

/// <summary>Revenue events of one user, as they came in one request.</summary>
/// <param name="User">The user's id.</param>
/// <param name="Events">In the order of the request.</param>
/// <param name="Stamp">When and from where they came.</param>
public sealed record RevenueReceived(string User, IReadOnlyList<RevenueEvent> Events, EventStamp Stamp)
{
    /// <summary>Maximum number of events in one message; a larger request is several messages.</summary>
    public const int MaxEvents = 1_000;
}
