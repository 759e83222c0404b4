namespace Contracts.Sites;

/// <summary>A place among a site's events, which are in the order of their instants and keys.</summary>
/// <param name="At">The instant, in 100 ns since 1970.</param>
/// <param name="Key">The event's key within its site.</param>
public sealed record SiteEventCursor(long At, Guid Key);
