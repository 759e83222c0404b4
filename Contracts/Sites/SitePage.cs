namespace Contracts.Sites;

/// <summary>A page of sites.</summary>
/// <param name="Items">In the order of their ids, compared as UTF-8.</param>
/// <param name="Next">The id after which the next page begins; null at the end.</param>
public sealed record SitePage(IReadOnlyList<SiteRecord> Items, string? Next);
