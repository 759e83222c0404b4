using Contracts.Events;

namespace Contracts.Items;

/// <summary>A transfer of an item. The last one in order tells who owns it.</summary>
/// <param name="Item">The item.</param>
/// <param name="EventId">The transfer's id, unique within the item.</param>
/// <param name="To">The user who received it; <see cref="Guid.Empty"/> for one who was erased.</param>
/// <param name="At">When, in 100 ns since 1970.</param>
/// <param name="Source">Where it came from; the order of transfers of one instant.</param>
/// <param name="Stamp">When and from where it came.</param>
public sealed record ItemTransfer(Guid Item, string EventId, Guid To, long At, EventSource Source, EventStamp Stamp);
