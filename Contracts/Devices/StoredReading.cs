namespace Contracts.Devices;

/// <summary>A stored reading.</summary>
/// <param name="At">Its instant, in 100 ns since 1970.</param>
/// <param name="Count">What the device counted.</param>
/// <param name="Adjustment">The sum of its adjustments; 0 without any.</param>
public readonly record struct StoredReading(long At, long Count, Int128 Adjustment)
{
    /// <summary>When it was received, UTC; null unless that was asked for.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>The recorded part of the client's address; null for none, or unless that was asked for.</summary>
    public string? Address { get; init; }

    /// <summary>What counts: the count with its adjustments.</summary>
    public Int128 Value => Count + Adjustment;
}
