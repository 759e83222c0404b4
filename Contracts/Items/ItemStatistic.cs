namespace Contracts.Items;

/// <summary>What is counted by time. The numbers are stored.</summary>
public enum ItemStatistic
{
    /// <summary>Items, by the instants of their creation.</summary>
    Items = 0,

    /// <summary>Transfers of items, by their instants.</summary>
    Transfers = 1,

    /// <summary>Users, by the instants of their creation.</summary>
    Users = 2,
}
