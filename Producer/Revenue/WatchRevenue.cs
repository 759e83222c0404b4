using Contracts.Revenue;
using Producer.Http;
using Producer.Live;

namespace Producer.Revenue;

/// <summary>GET /revenue/stream: a user's balances, or the sums of all, as they change.</summary>
internal static class WatchRevenue
{
    public static void MapWatchRevenue(this IEndpointRouteBuilder revenue) => revenue.MapGet("/stream", Handle)
        .WithQuery("user", LiveStream.LastEventIdQuery)
        .WithName("watchRevenue")
        .WithSummary("Watch revenue")
        .WithDescription(
            "Server-sent events, of one `user` (all balances and the last ten entries), or of all users together (the sums of today): "
            + "`snapshot` first, then `change` with the whole as it is now each time that events, adjustments or erasures have changed it, "
            + "and `gone` with the `id` of a user who was erased. A client that sends `Last-Event-ID` gets what has changed since instead "
            + "of the snapshot. Every 15 seconds there is a comment. A WebSocket (`Upgrade: websocket`) gets the same.")
        .Produces<string>(StatusCodes.Status200OK, EventWriter.MediaType)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status501NotImplemented);

    private static IResult Handle(string? user, string? lastEventId, RevenueUserLive users, RevenueTodayLive today) =>
        user is null ? new LiveStream(today, new LiveFilter(RevenueMessages.All, Group: null), lastEventId)
        : RevenueRules.UserProblem(user) is { } problem ? Problems.Invalid("user", problem)
        : new LiveStream(users, new LiveFilter(user, Group: null), lastEventId);
}
