using Producer.Http;

namespace Producer.Events;

/// <summary>What the description of every route that takes events has in common.</summary>
internal static class EventRoutes
{
    /// <summary>Describes the bodies that it takes and the answers that it gives.</summary>
    /// <typeparam name="TRequest">One event.</typeparam>
    public static RouteHandlerBuilder AcceptsEvents<TRequest>(this RouteHandlerBuilder route)
        where TRequest : notnull => route
        .WithQuery()
        .Accepts<TRequest>("application/json", BatchBody.Ndjson, CloudEvents.Structured, CloudEvents.Batch)
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(BatchBody.MaxBytes))
        .Produces<EventResult>()
        .Produces<EventBatchResource>(StatusCodes.Status201Created)
        .Produces<EventBatchResource>(StatusCodes.Status202Accepted)
        .Produces<EventBatchResource>(StatusCodes.Status207MultiStatus)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .ProducesProblem(StatusCodes.Status500InternalServerError);
}
