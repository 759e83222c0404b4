using System.Text.Json.Serialization.Metadata;
using Contracts.Access;
using Infrastructure;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Docs;
using Producer.Http;
using Producer.Slices;

namespace Producer.Events;

/// <summary>GET /events/{trackingId}: the status of an accepted event of any slice.</summary>
internal sealed class EventsSlice : ProducerSlice
{
    public override IJsonTypeInfoResolver Json => EventsJson.Default;

    public override ApiTexts Api { get; } = new EventsApiTexts();

    public override void AddTo(EngineBuilder engines) =>
        engines.Services.AddSingleton<EventTracking>().AddSingleton(typeof(EventAcceptance<>))
            .AddSingleton(typeof(EventCarrier<,>));

    public override void Map(IEndpointRouteBuilder app, ServedRequests serves)
    {
        if (serves == ServedRequests.Writes)
        {
            return;
        }

        app.MapGet("/api/v1/events/{trackingId}", HandleAsync)
            .Needs(KeyVerb.Read, isOfAnySlice: true)
            .WithQuery()
            .WithName("getEvent")
            .WithTags("Events")
            .WithSummary("Read the status of an accepted event")
            .WithDescription(
                "`queued` until a Consumer has applied it, then `applied`, `duplicate` if an earlier event had the same key, or "
                + "`rejected` with the reason. `Prefer: wait=N` waits up to N seconds while it is queued.")
            .Produces<EventResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<JsonAnswer<EventResource>, ProblemHttpResult>> HandleAsync(
        string trackingId, HttpContext context, EventTracking tracking, CancellationToken cancellationToken) =>
        await tracking.FindAsync(context.Tenant(), trackingId, PreferWait.Apply(context), cancellationToken) is { } found
            ? new JsonAnswer<EventResource>(found, EventsJson.Http.EventResource)
            : Problems.NotFound("There is no such event.", "No event of yours has this tracking id, or it is no longer remembered.");
}
