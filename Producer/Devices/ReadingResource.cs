using Contracts.Common;
using Contracts.Devices;

namespace Producer.Devices;

/// <summary>A reading, or all readings of a step of the resolution.</summary>
internal sealed record ReadingResource
{
    /// <summary>Its instant, or the beginning of the step.</summary>
    public required string Timestamp { get; init; }

    /// <summary>The count with its adjustments, or the sum of the step; any number of digits.</summary>
    public required Int128 Count { get; init; }

    /// <summary>The sum of the reading's adjustments, if it has any.</summary>
    public Int128? Adjustment { get; init; }

    /// <summary>When the reading was received.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>Number of readings in the step.</summary>
    public long? Readings { get; init; }

    /// <summary>The smallest count in the step.</summary>
    public Int128? Min { get; init; }

    /// <summary>The largest count in the step.</summary>
    public Int128? Max { get; init; }

    public static ReadingResource From(StoredReading reading) => new()
    {
        Timestamp = ShortInstant.ToString(TickTime.ToInstant(reading.At)),
        Count = reading.Value,
        Adjustment = reading.Adjustment == 0 ? null : reading.Adjustment,
        ReceivedAt = reading.ReceivedAt,
    };
}

/// <summary>A page of readings.</summary>
/// <param name="Items">In time order.</param>
/// <param name="Next">The <c>from</c> of the next page; missing on the last one.</param>
internal sealed record ReadingList(IReadOnlyList<ReadingResource> Items, string? Next);
