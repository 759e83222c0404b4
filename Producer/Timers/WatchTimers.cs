using Contracts.Timers;
using Producer.Http;
using Producer.Live;

namespace Producer.Timers;

/// <summary>GET /timers/stream: timers as they are created, change and fire, as server-sent events.</summary>
internal static class WatchTimers
{
    public static void MapWatchTimers(this IEndpointRouteBuilder timers) => timers.MapGet("/stream", Handle)
        .WithQuery("timer", "tag", LiveStream.LastEventIdQuery)
        .WithName("watchTimers")
        .WithSummary("Watch timers")
        .WithDescription(
            "Server-sent events, of one `timer`, of those with a `tag`, or of all: `snapshot` first, with the newest 1,000 (in pages; "
            + "`more` is false in the last one), then `change` with a timer as it is now each time that one was created, changed by a "
            + "command, or fired (succeeded, failed, to be retried) or expired, and `gone` with the `id` of one that was erased or has "
            + "lost the tag. For one `timer`, its latest attempt is included. A client that sends `Last-Event-ID` gets what has changed "
            + "since instead of the snapshot. Every 15 seconds there is a comment. A WebSocket (`Upgrade: websocket`) gets the same.")
        .Produces<string>(StatusCodes.Status200OK, EventWriter.MediaType)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status501NotImplemented);

    private static IResult Handle(string? timer, string? tag, string? lastEventId, TimerLive live)
    {
        var errors = new FieldErrors();
        if (TimerRules.IdProblem(timer) is { } wrongId)
        {
            errors.Add("timer", wrongId);
        }

        if (TimerRules.TagProblem(tag) is { } wrongTag)
        {
            errors.Add("tag", wrongTag);
        }
        else if (tag is not null && timer is not null)
        {
            errors.Add("tag", "has no meaning with timer");
        }

        return errors.Any ? Problems.Invalid(errors)
            : new LiveStream(live, new LiveFilter(timer is null ? null : TimerNotices.KeyOf(timer), tag), lastEventId);
    }
}
