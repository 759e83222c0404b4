using Contracts.Events;

namespace Contracts.Items;

/// <summary>A base item was created: what items are made of, as a model is of its copies.</summary>
/// <param name="BaseItem">Chosen by the Producer, a UUID of version 7; also the message's key.</param>
/// <param name="Description">For people, up to <see cref="MaxDescriptionLength"/> characters.</param>
/// <param name="At">When, in 100 ns since 1970.</param>
/// <param name="Stamp">When and from where it came.</param>
public sealed record BaseItemCreated(Guid BaseItem, string Description, long At, EventStamp Stamp)
{
    /// <summary>Maximum length of a description.</summary>
    public const int MaxDescriptionLength = 10_000;
}
