using Contracts.Common;
using Contracts.Sites;
using Producer.Events;

namespace Producer.Sites;

/// <summary>A valid event on its way.</summary>
internal sealed class AcceptedSiteEvent(string site, SiteEvent siteEvent) : CarriedEvent
{
    public string Site => site;

    public SiteEvent Event => siteEvent;

    public Guid Key { get; } = SiteEventKey.Of(siteEvent.EventId, out _);

    /// <summary>About how many characters its message takes.</summary>
    public int Size => 200 + siteEvent.Path.Length + siteEvent.Type.Length + siteEvent.EventId.Length + (siteEvent.User?.Length ?? 0)
        + (siteEvent.Referrer?.Length ?? 0) + (siteEvent.Utm is null ? 0 : 5 * SiteLimits.MaxUtm)
        + (siteEvent.Properties?.Sum(each => each.Key.Length + each.Value.Length) ?? 0);

    public override string Location => SiteRoutes.OfStats(site, siteEvent.At);

    public override TrackingId TrackingOf(string tenant) =>
        new(tenant, SiteMessages.Topic, SiteTracker.KeyOf(site, Key, siteEvent.At, Index), Accepted!.Tracking.Position);
}
