using Contracts.Events;

namespace Contracts.Items;

/// <summary>An item.</summary>
/// <param name="Id">Its id.</param>
/// <param name="BaseItem">The base item that it is made of.</param>
/// <param name="CreatedAt">When, in 100 ns since 1970.</param>
/// <param name="Source">Where it came from.</param>
public sealed record Item(Guid Id, Guid BaseItem, long CreatedAt, EventSource Source);
