
namespace Producer.Events;

/// <summary>The result of a request of many events.</summary>
internal sealed record EventBatchResource
{
    /// <summary>Events that are durable, duplicates included.</summary>
    public required int Accepted { get; init; }

    /// <summary>Accepted events that repeat an earlier one; they changed nothing.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Events that were refused.</summary>
    public required int Refused { get; init; }

    /// <summary>One per event, in the order of the request.</summary>
    public required IReadOnlyList<EventResult> Results { get; init; }
}

/// <summary>The result of one event.</summary>
internal sealed record EventResult
{
    /// <summary>Its place in the request, from 0; missing for one by itself.</summary>
    public int? Index { get; init; }

    /// <summary>
    /// 201 applied, 202 queued, 200 a duplicate, 400 not valid, 404 it refers to what is not there, 422 without effect, 500 a dead letter.
    /// </summary>
    public required int Status { get; init; }

    /// <summary>Whether the same event may be accepted later; what is not valid never is.</summary>
    public required bool Retryable { get; init; }

    /// <summary>The id of what it creates.</summary>
    public string? Id { get; init; }

    /// <summary>Its id.</summary>
    public string? EventId { get; init; }

    /// <summary>Identifies it at <c>/api/v1/events/{trackingId}</c>.</summary>
    public string? TrackingId { get; init; }

    /// <summary>True for a duplicate.</summary>
    public bool? Duplicate { get; init; }

    /// <summary>Why it was refused, or has no effect.</summary>
    public string? Reason { get; init; }

    /// <summary>What is wrong, per field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    public static EventResult From(EventItem item, int? index) => item.Outcome is { } outcome
        ? new EventResult
        {
            Index = index,
            Status = outcome.Status,
            Retryable = outcome.Status == StatusCodes.Status404NotFound,
            Id = outcome.Id,
            EventId = item.EventId,
            TrackingId = outcome.TrackingId,
            Duplicate = outcome.IsDuplicate ? true : null,
            Reason = outcome.Reason,
        }
        : new EventResult
        {
            Index = index,
            Status = StatusCodes.Status400BadRequest,
            Retryable = false,
            EventId = item.EventId,
            Errors = item.Errors.ToDictionary(),
        };
}
