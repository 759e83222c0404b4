using Contracts.Events;

namespace Contracts.Items;

/// <summary>A page of an item's transfers, by instant and then by position.</summary>
/// <param name="Limit">Maximum number of transfers, from 1.</param>
/// <param name="After">Instant and source of the transfer after which it goes on; null to begin.</param>
/// <param name="IsNewestFirst">Whether to begin with the latest one.</param>
public sealed record ItemHistoryRange(int Limit, (long At, EventSource Source)? After = null, bool IsNewestFirst = false);
