namespace Contracts.Devices;

/// <summary>
/// Which adjustments of a device to read, in the order of their readings' instants; those of one instant in any fixed order.
/// </summary>
/// <param name="From">The first instant, in 100 ns since 1970.</param>
/// <param name="To">The first instant after the last one.</param>
/// <param name="Limit">Maximum number of adjustments, from 1.</param>
/// <param name="After">Instant and id of the adjustment after which it goes on; null to begin.</param>
public sealed record AdjustmentRange(long From, long To, int Limit, (long At, string EventId)? After = null);
