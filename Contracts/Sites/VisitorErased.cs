using Contracts.Events;

namespace Contracts.Sites;

/// <summary>Everything that one visitor did on a site is to be erased, as far as it came before this message.</summary>
/// <param name="Site">The site's id.</param>
/// <param name="Stamp">When and from where it came.</param>
/// <param name="User">The user; null for a visitor whom the site does not know.</param>
/// <param name="Visitor">That visitor's hash; null for a user.</param>
public sealed record VisitorErased(string Site, EventStamp Stamp, string? User = null, long? Visitor = null);
