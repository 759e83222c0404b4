using Contracts.Common;
using Contracts.Items;

namespace Producer.Items;

/// <summary>A user.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="CreatedAt">When they were created.</param>
internal sealed record ItemUserResource(Guid Id, string CreatedAt)
{
    public static ItemUserResource From(ItemUser user) => new(user.Id, ShortInstant.ToString(TickTime.ToInstant(user.CreatedAt)));
}

/// <summary>A base item.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Description">For people.</param>
/// <param name="CreatedAt">When it was created.</param>
internal sealed record BaseItemResource(Guid Id, string Description, string CreatedAt)
{
    public static BaseItemResource From(BaseItem item) =>
        new(item.Id, item.Description, ShortInstant.ToString(TickTime.ToInstant(item.CreatedAt)));
}

/// <summary>An item.</summary>
internal sealed record ItemResource
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The id of the base item that it is made of.</summary>
    public required Guid BaseItem { get; init; }

    /// <summary>When it was created.</summary>
    public required string CreatedAt { get; init; }

    /// <summary>The id of the user who owns it; missing while nobody does, and if they were erased.</summary>
    public Guid? Owner { get; init; }
}

/// <summary>Who owns an item.</summary>
/// <param name="Item">The item's id.</param>
/// <param name="Owner">The id of the user.</param>
/// <param name="Since">When it was transferred to them.</param>
/// <param name="EventId">The id of that transfer.</param>
internal sealed record ItemOwnerResource(Guid Item, Guid Owner, string Since, string EventId);

/// <summary>A transfer of an item.</summary>
internal sealed record TransferResource
{
    /// <summary>Its id.</summary>
    public required string EventId { get; init; }

    /// <summary>The id of the user who received the item; missing if they were erased.</summary>
    public Guid? To { get; init; }

    /// <summary>When.</summary>
    public required string Timestamp { get; init; }

    /// <summary>When it was received.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The recorded part of the client's address.</summary>
    public string? Address { get; init; }

    public static TransferResource From(ItemTransfer transfer) => new()
    {
        EventId = transfer.EventId,
        To = transfer.To == Guid.Empty ? null : transfer.To,
        Timestamp = ShortInstant.ToString(TickTime.ToInstant(transfer.At)),
        ReceivedAt = transfer.Stamp.ReceivedAt,
        Address = transfer.Stamp.Address,
    };
}

/// <summary>A page of an item's history.</summary>
/// <param name="Items">Transfers in time order, or from the latest on.</param>
/// <param name="Next">The cursor for the next page; missing on the last one.</param>
internal sealed record TransferList(IReadOnlyList<TransferResource> Items, string? Next);

/// <summary>How many there were, unit by unit.</summary>
/// <param name="What">items, transfers or users.</param>
/// <param name="Unit">How long each point lasts.</param>
/// <param name="Points">Newest first; units with a count of zero are left out.</param>
internal sealed record ItemStatisticsResource(string What, string Unit, IReadOnlyList<ItemPointResource> Points);

/// <summary>How many there were within one unit of time.</summary>
/// <param name="Time">When it begins.</param>
/// <param name="Count">How many, from 1.</param>
internal sealed record ItemPointResource(string Time, long Count)
{
    public static ItemPointResource From(ItemPoint point) => new(TimeOf(point.At), point.Count);

    public static string TimeOf(long at) => ShortInstant.ToString(TickTime.ToInstant(at));
}
