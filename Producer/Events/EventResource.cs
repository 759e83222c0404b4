
namespace Producer.Events;

/// <summary>What became of an accepted event.</summary>
internal sealed record EventResource
{
    /// <summary>The tracking id of the request.</summary>
    public required string TrackingId { get; init; }

    /// <summary>queued, applied, duplicate or rejected.</summary>
    public required string State { get; init; }

    /// <summary>The address of what it created or repeated.</summary>
    public string? Location { get; init; }

    /// <summary>If rejected: why.</summary>
    public string? Reason { get; init; }

    /// <summary>If rejected: the id of its dead letter, if it is one.</summary>
    public string? DeadLetter { get; init; }
}
