namespace Producer.Events;

/// <summary>What became of an accepted event.</summary>
internal sealed record EventResource
{
    /// <summary>As it was asked for.</summary>
    public required string TrackingId { get; init; }

    /// <summary>queued, applied, duplicate or rejected.</summary>
    public required string State { get; init; }

    /// <summary>Where what it made, or what it repeated, is read.</summary>
    public string? Location { get; init; }

    /// <summary>Of a rejected one: why.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a rejected one: the dead letter that it is.</summary>
    public string? DeadLetter { get; init; }
}
