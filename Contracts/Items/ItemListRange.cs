namespace Contracts.Items;

/// <summary>A page of a listing in time order; several of one instant in any fixed order.</summary>
/// <param name="From">The first instant, in 100 ns since 1970.</param>
/// <param name="To">The instant before which it ends.</param>
/// <param name="Limit">Maximum number, from 1.</param>
/// <param name="After">The last one of the previous page; null to begin.</param>
public sealed record ItemListRange(long From, long To, int Limit, ItemPlace? After = null);

/// <summary>Where something stands in a listing.</summary>
/// <param name="At">Its instant.</param>
/// <param name="Id">Its id; of a transfer, its item's.</param>
/// <param name="EventId">Of a transfer, its id; else empty.</param>
public sealed record ItemPlace(long At, Guid Id, string EventId = "");
