namespace Contracts.Sites;

/// <summary>A site.</summary>
/// <param name="Id">Its id, as clients know it.</param>
/// <param name="Events">Number of its events that are kept, those of bots included.</param>
/// <param name="LastSeenAt">When something of it arrived last, UTC.</param>
public sealed record SiteRecord(string Id, long Events, DateTimeOffset? LastSeenAt);
