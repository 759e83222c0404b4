using Producer.Http;

namespace Producer.Timers;

/// <summary>The result of a batch.</summary>
internal sealed record BatchResource
{
    /// <summary>Timers that are durable.</summary>
    public required int Accepted { get; init; }

    /// <summary>Items that were refused; correct these and send them again.</summary>
    public required int Refused { get; init; }

    /// <summary>One per item, in the order of the request.</summary>
    public required IReadOnlyList<BatchResult> Results { get; init; }

    public static BatchResource From(IReadOnlyList<BatchItem> items)
    {
        var results = new BatchResult[items.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = BatchResult.From(i, items[i]);
        }

        var refused = results.Count(result => result.Status >= StatusCodes.Status400BadRequest);
        return new BatchResource { Accepted = results.Length - refused, Refused = refused, Results = results };
    }
}

/// <summary>The result of one item.</summary>
internal sealed record BatchResult
{
    /// <summary>Its place in the request, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The status that a single create would have had.</summary>
    public required int Status { get; init; }

    /// <summary>The timer's id; for a used key, that of the timer that has it.</summary>
    public string? Id { get; init; }

    /// <summary>The promised instant.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Identifies the create at <c>/api/v1/events/{trackingId}</c>.</summary>
    public string? TrackingId { get; init; }

    /// <summary>What is wrong, per field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    public static BatchResult From(int index, BatchItem item) => item.Accepted switch
    {
        null => new BatchResult { Index = index, Status = StatusCodes.Status400BadRequest, Errors = item.Errors.ToDictionary() },
        { Acceptance: Acceptance.KeyUsed } used => new BatchResult
        {
            Index = index,
            Status = used.Status,
            Id = used.Row.Id,
            Errors = new Dictionary<string, string[]> { ["id"] = [used.Refusal ?? TimerProblems.InUse] },
        },
        { Rejected: { } rejected } => new BatchResult
        {
            Index = index,
            Status = StatusCodes.Status500InternalServerError,
            Errors = new Dictionary<string, string[]>
            { ["$"] = [$"{rejected.Reason} It is kept as the dead letter '{rejected.DeadLetter}'."] },
        },
        { } accepted => new BatchResult
        {
            Index = index,
            Status = accepted.Status,
            Id = accepted.Row.Id,
            DueAt = accepted.Row.DueAt,
            TrackingId = accepted.Tracking?.ToString()
        },
    };
}

/// <summary>One item while it is processed.</summary>
internal sealed class BatchItem(ErrorRoom errors)
{
    public FieldErrors Errors { get; } = new(errors);

    public TimerRequest? Request { get; set; }

    public AcceptedTimer? Accepted { get; set; }
}
