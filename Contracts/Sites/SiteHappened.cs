namespace Contracts.Sites;

/// <summary>What happened to a site, for others. Published at least once.</summary>
/// <param name="Site">The site's id.</param>
/// <param name="What">erased: a visitor was, it does not say whom; site-erased: all of it was.</param>
/// <param name="Position">The position of the message behind it: repetitions have the same one.</param>
/// <param name="ReceivedAt">When it was received, UTC.</param>
public sealed record SiteHappened(string Site, string What, string Position, DateTimeOffset ReceivedAt);
