using Contracts.Events;

namespace Contracts.Sites;

/// <summary>Events of one site, as they came in one request.</summary>
/// <param name="Site">The site's id.</param>
/// <param name="Events">In the order of the request.</param>
/// <param name="Stamp">When and from where they came.</param>
public sealed record SiteEventsReceived(string Site, IReadOnlyList<SiteEvent> Events, EventStamp Stamp)
{
    /// <summary>Maximum number of events in one message; a larger request is several messages.</summary>
    public const int MaxEvents = 1_000;
}
