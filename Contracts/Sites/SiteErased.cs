using Contracts.Events;

namespace Contracts.Sites;

/// <summary>Everything about a site is to be erased that came before this message.</summary>
/// <param name="Site">The site's id.</param>
/// <param name="Stamp">When and from where it came.</param>
public sealed record SiteErased(string Site, EventStamp Stamp);
