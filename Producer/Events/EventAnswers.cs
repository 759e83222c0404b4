using Producer.Http;

namespace Producer.Events;

/// <summary>Answers requests of events.</summary>
internal static class EventAnswers
{
    public const string TrackingHeader = "X-Tracking-Id";

    /// <summary>
    /// One event by itself: its own status. Many: 201 if all are applied, 202 if all are durable, 207 if some are refused, 400 if all are,
    /// 200 if there are none.
    /// </summary>
    public static IResult Of(HttpContext context, EventRequest request)
    {
        if (request.IsSingle)
        {
            return OfOne(context, request.Items[0]);
        }

        var results = new EventResult[request.Items.Count];
        var (refused, duplicates, queued) = (0, 0, 0);
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = EventResult.From(request.Items[i], i);
            refused += results[i].Status >= StatusCodes.Status400BadRequest ? 1 : 0;
            duplicates += results[i].Duplicate == true ? 1 : 0;
            queued += results[i].Status == StatusCodes.Status202Accepted ? 1 : 0;
        }

        var status = results.Length == 0 ? StatusCodes.Status200OK
            : refused == results.Length ? StatusCodes.Status400BadRequest
            : refused > 0 ? StatusCodes.Status207MultiStatus
            : queued > 0 ? StatusCodes.Status202Accepted : StatusCodes.Status201Created;
        var resource = new EventBatchResource
        {
            Accepted = results.Length - refused,
            Duplicates = duplicates,
            Refused = refused,
            Results = results,
        };
        return new JsonAnswer<EventBatchResource>(resource, EventsJson.Http.EventBatchResource, status);
    }

    private static IResult OfOne(HttpContext context, EventItem item)
    {
        if (item.Outcome is not { } outcome)
        {
            return Problems.Invalid(item.Errors);
        }

        var headers = context.Response.Headers;
        headers[TrackingHeader] = outcome.TrackingId;
        if (outcome.Status >= StatusCodes.Status400BadRequest)
        {
            return TypedResults.Problem(
                title: outcome.Status switch
                {
                    StatusCodes.Status404NotFound => "It refers to what is not there.",
                    StatusCodes.Status422UnprocessableEntity => "The event has no effect.",
                    _ => "The request was accepted but could not be applied.",
                },
                detail: outcome.Reason,
                statusCode: outcome.Status);
        }

        headers.Location = outcome.Location;
        return new JsonAnswer<EventResult>(EventResult.From(item, null), EventsJson.Http.EventResult, outcome.Status);
    }
}
