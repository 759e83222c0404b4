namespace ClientLibrary.Sites;

/// <summary>Something that happened on a site. It counts once for its id, on its site; the first one wins.</summary>
/// <param name="Site">The site's id, 1 to 255 characters.</param>
/// <param name="Type">What happened: page_view counts as a view.</param>
/// <param name="Path">Where on the site, 1 to 2,048 characters.</param>
public sealed record SiteEvent(string Site, string Type, string Path)
{
    /// <summary>Who did it, as the site knows them; null for a visitor whom it does not know.</summary>
    public string? User { get; init; }

    /// <summary>When; null for now.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>An id of your own, up to 255 characters; null for one that lasts as long as the call.</summary>
    public string? EventId { get; init; }

    /// <summary>The page that led there.</summary>
    public string? Referrer { get; init; }

    /// <summary>How the visitor's browser names itself, for events that a server sends for its visitors.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The visitor's IP address, for events that a server sends for its visitors.</summary>
    public string? Address { get; init; }

    /// <summary>What else the site says of it; up to 20.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }
}
