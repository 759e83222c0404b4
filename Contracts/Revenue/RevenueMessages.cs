using Contracts.Messaging;

namespace Contracts.Revenue;

/// <summary>The message types of revenue, all keyed by the user.</summary>
public static class RevenueMessages
{
    /// <summary>The topic of revenue messages; also the slice's name.</summary>
    public const string Topic = "revenue";

    /// <summary>What happened, for others to subscribe to.</summary>
    public const string Events = "revenue.events";

    /// <summary>The live feed that says that the sums of all users of a tenant have changed; its one key is <see cref="All"/>.</summary>
    public const string AllFeed = "revenue.all";

    /// <summary>The key of all users together.</summary>
    public const string All = "all";

    /// <summary>Events as they came.</summary>
    public static MessageType<RevenueReceived> Received { get; } =
        new(Topic, "revenue.received", Version: 1, message => message.User, RevenueJson.Default.RevenueReceived);

    /// <summary>Adjustments of events.</summary>
    public static MessageType<RevenueAdjusted> Adjusted { get; } =
        new(Topic, "revenue.adjusted", Version: 1, message => message.User, RevenueJson.Default.RevenueAdjusted);

    /// <summary>Erasures of users.</summary>
    public static MessageType<RevenueUserErased> Erased { get; } =
        new(Topic, "user.erased", Version: 1, message => message.User, RevenueJson.Default.RevenueUserErased);

    /// <summary>Changes of balances, for others.</summary>
    public static MessageType<BalanceChanged> Changed { get; } =
        new(Events, "balance.changed", Version: 1, message => message.User, RevenueJson.Default.BalanceChanged);
}
