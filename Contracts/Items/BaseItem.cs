using Contracts.Events;

namespace Contracts.Items;

/// <summary>What items are made of.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Description">For people.</param>
/// <param name="CreatedAt">When, in 100 ns since 1970.</param>
/// <param name="Source">Where it came from.</param>
public sealed record BaseItem(Guid Id, string Description, long CreatedAt, EventSource Source);
