using Contracts.Common;
using Contracts.Devices;

namespace Producer.Devices;

/// <summary>An adjustment of a reading.</summary>
internal sealed record AdjustmentResource
{
    /// <summary>Its reading's instant.</summary>
    public required string Timestamp { get; init; }

    /// <summary>What it adds to the reading's count.</summary>
    public required long Delta { get; init; }

    /// <summary>Its id.</summary>
    public required string EventId { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was received.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The recorded part of the client's address.</summary>
    public string? Address { get; init; }

    public static AdjustmentResource From(StoredAdjustment adjustment) => new()
    {
        Timestamp = ShortInstant.ToString(TickTime.ToInstant(adjustment.At)),
        Delta = adjustment.Delta,
        EventId = adjustment.EventId,
        Reason = adjustment.Reason,
        ReceivedAt = adjustment.ReceivedAt,
        Address = adjustment.Address,
    };
}

/// <summary>A page of adjustments.</summary>
/// <param name="Items">In the order of their readings' instants.</param>
/// <param name="Next">The cursor for the next page; missing on the last one.</param>
internal sealed record AdjustmentList(IReadOnlyList<AdjustmentResource> Items, string? Next);
