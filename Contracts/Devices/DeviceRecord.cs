namespace Contracts.Devices;

/// <summary>A device with its totals.</summary>
public sealed record DeviceRecord
{
    /// <summary>Its id, as clients know it.</summary>
    public required string Id { get; init; }

    /// <summary>Number of readings, purged ones included.</summary>
    public long Readings { get; init; }

    /// <summary>The sum of their counts and adjustments, purged ones included; it cannot overflow.</summary>
    public Int128 Total { get; init; }

    /// <summary>The latest reading's instant, in 100 ns since 1970; null without a reading.</summary>
    public long? LatestAt { get; init; }

    /// <summary>When something of it arrived last, UTC; null if nothing ever did.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>What its owner has set.</summary>
    public DeviceSettings Settings { get; init; } = DeviceSettings.None;

    /// <summary>When it fell silent, UTC, if its watch has found that; else null.</summary>
    public DateTimeOffset? SilentSince { get; init; }
}
