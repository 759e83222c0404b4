using Contracts.Messaging;

namespace Contracts.Items;

/// <summary>The message types of items, each keyed by what it is about: all about one item keeps its order.</summary>
public static class ItemMessages
{
    /// <summary>The topic of the items' messages; also the slice's name.</summary>
    public const string Topic = "items";

    /// <summary>What happened, for others to subscribe to.</summary>
    public const string Events = "items.events";

    /// <summary>New users.</summary>
    public static MessageType<UserCreated> UserCreated { get; } =
        new(Topic, "user.created", Version: 1, message => message.User.ToString(), ItemsJson.Default.UserCreated);

    /// <summary>New base items.</summary>
    public static MessageType<BaseItemCreated> BaseItemCreated { get; } =
        new(Topic, "base-item.created", Version: 1, message => message.BaseItem.ToString(), ItemsJson.Default.BaseItemCreated);

    /// <summary>New items.</summary>
    public static MessageType<ItemCreated> ItemCreated { get; } =
        new(Topic, "item.created", Version: 1, message => message.Item.ToString(), ItemsJson.Default.ItemCreated);

    /// <summary>Transfers of items.</summary>
    public static MessageType<ItemTransferred> ItemTransferred { get; } =
        new(Topic, "item.transferred", Version: 1, message => message.Item.ToString(), ItemsJson.Default.ItemTransferred);

    /// <summary>What happened, for others.</summary>
    public static MessageType<ItemHappened> Happened { get; } =
        new(Events, "item.happened", Version: 1, message => message.Id.ToString(), ItemsJson.Default.ItemHappened);
}
