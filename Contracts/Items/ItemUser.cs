using Contracts.Events;

namespace Contracts.Items;

/// <summary>Somebody who can own items.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="CreatedAt">When, in 100 ns since 1970.</param>
/// <param name="Source">Where it came from.</param>
public sealed record ItemUser(Guid Id, long CreatedAt, EventSource Source);
