using ClientLibrary.Events;
using ClientLibrary.Live;

namespace ClientLibrary.Sites;

/// <summary>Sends events of sites, and reads their statistics.</summary>
/// <param name="connection">The service.</param>
public sealed class SiteClient(ServiceConnection connection)
{
    private const string Root = "sites";

    /// <summary>Sends events, in as many requests as they need. What the connection repeats counts once.</summary>
    /// <param name="events">Any number, of any sites.</param>
    /// <param name="cancellationToken">Gives up; events with ids of their own may be sent again then.</param>
    /// <exception cref="ServiceException">The service could not be reached, or refused a request as a whole.</exception>
    public Task<EventBatch> SendAsync(IEnumerable<SiteEvent> events, CancellationToken cancellationToken = default) =>
        new EventClient(connection).SendAsync($"{Root}/events", events, SitesJson.Default.SiteEvent, cancellationToken);

    /// <summary>Statistics of a site.</summary>
    /// <param name="site">The site's id.</param>
    /// <param name="from">The period's first instant; null for 30 days ago.</param>
    /// <param name="to">The first instant after it; null for now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<SiteStats> GetStatsAsync(
        string site, DateTimeOffset? from = null, DateTimeOffset? to = null, CancellationToken cancellationToken = default) =>
        connection.GetAsync(
            $"{Root}/{Uri.EscapeDataString(site)}/stats{new QueryText().Add("from", from).Add("to", to)}", SitesJson.Default.SiteStats,
            cancellationToken);

    /// <summary>The numbers of today of a site as they change.</summary>
    /// <param name="site">The site's id.</param>
    /// <param name="lastEventId">The position to go on from; null to begin with a snapshot.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<LiveEvent> WatchAsync(
        string site, string? lastEventId = null, CancellationToken cancellationToken = default) =>
        new LiveClient(connection).WatchAsync($"{Root}/{Uri.EscapeDataString(site)}/stream", lastEventId, cancellationToken);
}
