namespace Contracts.Items;

/// <summary>What happened, for others. Published at least once.</summary>
/// <param name="Id">The id of the item, or of the user or base item that was created.</param>
/// <param name="What">item-created, item-transferred, user-created, user-erased or base-item-created.</param>
/// <param name="Position">The position of the message behind it: repetitions have the same one.</param>
/// <param name="At">When it happened, in 100 ns since 1970.</param>
/// <param name="ReceivedAt">When that message was received, UTC.</param>
/// <param name="BaseItem">Of a created item, its base item.</param>
/// <param name="To">Of a transfer, the user who receives the item; a transfer of a later instant may have come before.</param>
/// <param name="EventId">Of a transfer, its id.</param>
public sealed record ItemHappened(
    Guid Id, string What, string Position, long At, DateTimeOffset ReceivedAt, Guid? BaseItem = null, Guid? To = null,
    string? EventId = null)
{
    /// <summary>An item was created.</summary>
    public const string ItemCreated = "item-created";

    /// <summary>An item was transferred.</summary>
    public const string ItemTransferred = "item-transferred";

    /// <summary>A user was created.</summary>
    public const string UserCreated = "user-created";

    /// <summary>A user was erased.</summary>
    public const string UserErased = "user-erased";

    /// <summary>A base item was created.</summary>
    public const string BaseItemCreated = "base-item-created";
}
