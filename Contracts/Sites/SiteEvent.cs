using System.Text.Json.Serialization;

namespace Contracts.Sites;

/// <summary>Something that happened on a site.</summary>
/// <param name="At">When, in 100 ns since 1970.</param>
/// <param name="Type">What: page_view, click and the like.</param>
/// <param name="Path">Where on the site.</param>
/// <param name="EventId">Its id: another event of this id, on the same site, is a repetition.</param>
public sealed record SiteEvent(long At, string Type, string Path, string EventId)
{
    /// <summary>The type that counts as a view.</summary>
    public const string PageView = "page_view";

    /// <summary>Who did it, as the site knows them; null if it does not.</summary>
    public string? User { get; init; }

    /// <summary>
    /// Who did it if the site does not know: a hash by a salt that is forgotten with the day; null if it is not counted, or there is a
    /// user.
    /// </summary>
    public long? Visitor { get; init; }

    /// <summary>Whether a known bot did it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsBot { get; init; }

    /// <summary>The page that led there; null for none.</summary>
    public string? Referrer { get; init; }

    /// <summary>The tags of the link that led there; null for none.</summary>
    public UtmTags? Utm { get; init; }

    /// <summary>What else the site says of it; null for nothing.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>
    /// The recorded part of the visitor's address, where the event names it, as one does that a server sends; null for that of the client
    /// who sent it.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>Whether it counts as a view.</summary>
    [JsonIgnore]
    public bool IsView => Type == PageView && !IsBot;
}
