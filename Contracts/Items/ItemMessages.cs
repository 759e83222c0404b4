using System.Globalization;
using Contracts.Common;
using Contracts.Messaging;

namespace Contracts.Items;

/// <summary>The message types of items, each keyed by what it is about: all about one item keeps its order.</summary>
public static class ItemMessages
{
    /// <summary>The topic of the items' messages; also the slice's name.</summary>
    public const string Topic = "items";

    /// <summary>What happened, for others to subscribe to.</summary>
    public const string Events = "items.events";

    /// <summary>The feed that tells when something has happened that a statistic counts; see <see cref="LiveKeyOf"/>.</summary>
    public static string FeedOf(ItemStatistic what) => what switch
    {
        ItemStatistic.Items => "items.items",
        ItemStatistic.Transfers => "items.transfers",
        _ => "items.users",
    };

    /// <summary>The key that is noted on such a feed: the number of the second since 1970 in which it happened.</summary>
    public static string LiveKeyOf(long at) =>
        ItemUnits.Floor(at, TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture);

    /// <summary>The beginning of the second that a key stands for, in 100 ns since 1970; null for what is no such key.</summary>
    public static long? ReadLiveKey(string key) =>
        long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var second)
        && second is > long.MinValue / TimeSpan.TicksPerSecond and < long.MaxValue / TimeSpan.TicksPerSecond
        && TickTime.IsValid(second * TimeSpan.TicksPerSecond)
            ? second * TimeSpan.TicksPerSecond : null;

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

    /// <summary>Erasures of users.</summary>
    public static MessageType<ItemUserErased> UserErased { get; } =
        new(Topic, "user.erased", Version: 1, message => message.User.ToString(), ItemsJson.Default.ItemUserErased);

    /// <summary>What happened, for others.</summary>
    public static MessageType<ItemHappened> Happened { get; } =
        new(Events, "item.happened", Version: 1, message => message.Id.ToString(), ItemsJson.Default.ItemHappened);
}
