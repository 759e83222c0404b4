using Contracts.Items;
using Producer.Events;

namespace Producer.Items;

/// <summary>Something valid on its way: a user, a base item, an item or a transfer, each a message of its own.</summary>
/// <param name="message">The message.</param>
/// <param name="key">The message's key: what it is about.</param>
/// <param name="location">The address where it can be read.</param>
/// <param name="creates">The id of what it creates; null for a transfer.</param>
internal sealed class AcceptedItem<TMessage>(TMessage message, Guid key, string location, Guid? creates) : CarriedEvent
{
    public TMessage Message => message;

    public Guid Key => key;

    public override string Location => location;

    public override string? Id => creates?.ToString();
}

/// <summary>Makes them of messages.</summary>
internal static class AcceptedItem
{
    public static AcceptedItem<UserCreated> Of(UserCreated message) =>
        new(message, message.User, ItemRoutes.OfUser(message.User), message.User);

    public static AcceptedItem<BaseItemCreated> Of(BaseItemCreated message) =>
        new(message, message.BaseItem, ItemRoutes.OfBaseItem(message.BaseItem), message.BaseItem);

    public static AcceptedItem<ItemCreated> Of(ItemCreated message) =>
        new(message, message.Item, ItemRoutes.Of(message.Item), message.Item);

    public static AcceptedItem<ItemTransferred> Of(ItemTransferred message) =>
        new(message, message.Item, ItemRoutes.HistoryOf(message.Item), creates: null);
}
