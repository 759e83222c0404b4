namespace Contracts.Revenue;

/// <summary>A page of users.</summary>
/// <param name="Items">In the order of their ids, compared as UTF-8.</param>
/// <param name="Next">The id after which the next page begins; null at the end.</param>
public sealed record RevenueUserPage(IReadOnlyList<RevenueUser> Items, string? Next);
