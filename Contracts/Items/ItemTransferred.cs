using Contracts.Events;

namespace Contracts.Items;

/// <summary>An item was transferred to a user, who owns it until a later transfer.</summary>
/// <param name="Item">The item; also the message's key.</param>
/// <param name="EventId">Unique within the item: another transfer of it with the same id is a repetition.</param>
/// <param name="To">The user who owns it from then on.</param>
/// <param name="At">
/// When, in 100 ns since 1970. The latest instant decides who owns the item, whichever transfer arrived last; of equal ones the later
/// position.
/// </param>
/// <param name="Stamp">When and from where it came.</param>
public sealed record ItemTransferred(Guid Item, string EventId, Guid To, long At, EventStamp Stamp)
{
    /// <summary>Maximum length of an event's id.</summary>
    public const int MaxEventIdLength = 255;
}
