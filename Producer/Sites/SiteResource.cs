using Contracts.Sites;

namespace Producer.Sites;

/// <summary>A site.</summary>
internal sealed record SiteResource
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Number of its events that are kept, those of bots included.</summary>
    public required long Events { get; init; }

    /// <summary>When something of it arrived last.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }

    public static SiteResource From(SiteRecord site) => new() { Id = site.Id, Events = site.Events, LastSeenAt = site.LastSeenAt };
}

/// <summary>A page of sites.</summary>
/// <param name="Items">In the order of their ids.</param>
/// <param name="Next">The cursor for the next page; missing on the last one.</param>
internal sealed record SiteList(IReadOnlyList<SiteResource> Items, string? Next);
