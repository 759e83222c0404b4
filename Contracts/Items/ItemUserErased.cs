using Contracts.Events;

namespace Contracts.Items;

/// <summary>A user is to be erased for ever: from then on nothing tells which items were transferred to them.</summary>
/// <param name="User">The user; also the message's key.</param>
/// <param name="Stamp">When and from where it came.</param>
public sealed record ItemUserErased(Guid User, EventStamp Stamp);
