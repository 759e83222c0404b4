using Producer.Http;
using Producer.Live;

namespace Producer.Items;

/// <summary>GET /items/statistics/{what}/{unit}/stream: counts as they change.</summary>
internal static class WatchItemStatistics
{
    public static void MapWatchItemStatistics(this IEndpointRouteBuilder items) =>
        items.MapGet("/statistics/{what}/{unit}/stream", Handle)
            .WithQuery(LiveStream.LastEventIdQuery)
            .WithName("watchItemStatistics")
            .WithSummary("Watch counts of items, transfers or users")
            .WithDescription(
                "Server-sent events: `snapshot` first, with the newest 1,000 points, newest first; then `change` with each point as it is "
                + "now, and `gone` for a point whose count has become zero, with its `time` as the `id`. A client that sends "
                + "`Last-Event-ID` gets "
                + "what has changed since instead of the snapshot. Every 15 seconds there is a comment. A WebSocket "
                + "(`Upgrade: websocket`) gets the same.")
            .Produces<string>(StatusCodes.Status200OK, EventWriter.MediaType)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status501NotImplemented);

    private static IResult Handle(string what, string unit, string? lastEventId, ItemStreams streams) =>
        ItemStatistics.Problem(what, unit) is { } problem ? ReadItems.NotFound(problem)
        : new LiveStream(streams.PointsOf(what, unit), new LiveFilter(Key: null, Group: null), lastEventId);
}
