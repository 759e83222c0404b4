using Contracts.Messaging;

namespace Contracts.Sites;

/// <summary>The message types of sites, all keyed by the site.</summary>
public static class SiteMessages
{
    /// <summary>The topic of site messages; also the slice's name.</summary>
    public const string Topic = "sites";

    /// <summary>What happened, for others to subscribe to.</summary>
    public const string Events = "sites.events";

    /// <summary>Events as they came.</summary>
    public static MessageType<SiteEventsReceived> Received { get; } =
        new(Topic, "site.events.received", Version: 1, message => message.Site, SitesJson.Default.SiteEventsReceived);

    /// <summary>Erasures of visitors.</summary>
    public static MessageType<VisitorErased> Erased { get; } =
        new(Topic, "visitor.erased", Version: 1, message => message.Site, SitesJson.Default.VisitorErased);

    /// <summary>Erasures of whole sites.</summary>
    public static MessageType<SiteErased> SiteErased { get; } =
        new(Topic, "site.erased", Version: 1, message => message.Site, SitesJson.Default.SiteErased);

    /// <summary>Recorded events, for others.</summary>
    public static MessageType<SiteEventsRecorded> Recorded { get; } =
        new(Events, "site.events.recorded", Version: 1, message => message.Site, SitesJson.Default.SiteEventsRecorded);

    /// <summary>Erasures, for others.</summary>
    public static MessageType<SiteHappened> Happened { get; } =
        new(Events, "site.happened", Version: 1, message => message.Site, SitesJson.Default.SiteHappened);
}
