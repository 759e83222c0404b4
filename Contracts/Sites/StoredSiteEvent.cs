namespace Contracts.Sites;

/// <summary>A stored event.</summary>
/// <param name="Event">What it says.</param>
/// <param name="Key">The event's key within its site.</param>
public sealed record StoredSiteEvent(SiteEvent Event, Guid Key)
{
    /// <summary>When it was received, UTC; null unless that was asked for.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>The recorded part of the client's address; null for none, or unless that was asked for.</summary>
    public string? Address { get; init; }

    /// <summary>Where the next page goes on.</summary>
    public SiteEventCursor Cursor => new(Event.At, Key);

    /// <summary>Who did it, as a hash; null if that is not counted.</summary>
    public long? Visitor => VisitorHash.Of(Event);
}
