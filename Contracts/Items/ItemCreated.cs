using Contracts.Events;

namespace Contracts.Items;

/// <summary>An item was created. It has no owner before it is transferred to one.</summary>
/// <param name="Item">Chosen by the Producer, a UUID of version 7; also the message's key, so that its transfers come after it.</param>
/// <param name="BaseItem">The base item that it is made of.</param>
/// <param name="At">When, in 100 ns since 1970.</param>
/// <param name="Stamp">When and from where it came.</param>
public sealed record ItemCreated(Guid Item, Guid BaseItem, long At, EventStamp Stamp);
