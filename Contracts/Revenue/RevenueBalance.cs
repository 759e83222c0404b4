namespace Contracts.Revenue;

/// <summary>What a user's events of one currency add up to.</summary>
/// <param name="Currency">The currency.</param>
/// <param name="Total">Their sum, purged ones included.</param>
/// <param name="Events">Number of events and adjustments, purged ones included.</param>
public sealed record RevenueBalance(string Currency, Amount Total, long Events);
