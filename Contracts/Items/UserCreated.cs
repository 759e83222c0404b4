using Contracts.Events;

namespace Contracts.Items;

/// <summary>A user was created.</summary>
/// <param name="User">Chosen by the Producer, a UUID of version 7; also the message's key.</param>
/// <param name="At">When, in 100 ns since 1970.</param>
/// <param name="Stamp">When and from where it came.</param>
public sealed record UserCreated(Guid User, long At, EventStamp Stamp);
