namespace Contracts.Devices;

/// <summary>Which readings of a device to read, in time order.</summary>
/// <param name="From">The first instant, in 100 ns since 1970.</param>
/// <param name="To">The first instant after the last one.</param>
/// <param name="Limit">Maximum number of readings, from 1.</param>
/// <param name="WithArrival">Whether to say when and from where each came.</param>
/// <param name="IsFromEnd">Whether a limit leaves out the first ones instead of the last; the order stays.</param>
public sealed record ReadingRange(long From, long To, int Limit, bool WithArrival = false, bool IsFromEnd = false)
{
    /// <summary>From the earliest instant to the latest.</summary>
    public static ReadingRange Of(int limit) => new(long.MinValue, long.MaxValue, limit);
}
