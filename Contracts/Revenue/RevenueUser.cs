namespace Contracts.Revenue;

/// <summary>A user with the balances.</summary>
/// <param name="Id">The id, as clients know it.</param>
/// <param name="Balances">One for each currency that the user has events of, in the order of the currencies' names.</param>
/// <param name="LastSeenAt">When something of the user arrived last, UTC.</param>
public sealed record RevenueUser(string Id, IReadOnlyList<RevenueBalance> Balances, DateTimeOffset LastSeenAt);
