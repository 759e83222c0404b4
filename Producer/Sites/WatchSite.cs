using Producer.Http;
using Producer.Live;

namespace Producer.Sites;

/// <summary>GET /sites/{id}/stream: a site as it changes, as server-sent events.</summary>
internal static class WatchSite
{
    public static void MapWatchSite(this IEndpointRouteBuilder sites) => sites.MapGet("/{siteId}/stream", Handle)
        .WithQuery(LiveStream.LastEventIdQuery)
        .WithName("watchSite")
        .WithSummary("Watch a site")
        .WithDescription(
            "Server-sent events: `snapshot` first, then `change` with the site's numbers of today, as they are now, each time that events "
            + "or erasures have changed them. A client that sends `Last-Event-ID` gets what has changed since instead of the snapshot. "
            + "Every 15 seconds there is a comment. A WebSocket (`Upgrade: websocket`) gets the same.")
        .Produces<string>(StatusCodes.Status200OK, EventWriter.MediaType)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status501NotImplemented);

    private static IResult Handle(string siteId, string? lastEventId, SiteLive live)
    {
        var site = PathText.Unescape(siteId);
        return SiteRules.SiteProblem(site) is { } problem ? Problems.Invalid("siteId", problem)
            : new LiveStream(live, new LiveFilter(site, Group: null), lastEventId);
    }
}
