namespace ClientLibrary.Items;

/// <summary>A user to be created.</summary>
public sealed record NewItemUser
{
    /// <summary>An id of your own: a UUID is the user's id, another text makes one that is always the same.</summary>
    public string? EventId { get; init; }

    /// <summary>When; null for now.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}

/// <summary>A base item to be created.</summary>
/// <param name="Description">For people, up to 10,000 characters.</param>
public sealed record NewBaseItem(string Description)
{
    /// <summary>An id of your own: a UUID is the base item's id, another text makes one that is always the same.</summary>
    public string? EventId { get; init; }

    /// <summary>When; null for now.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}

/// <summary>An item to be created.</summary>
/// <param name="BaseItem">The id of the base item that it is made of.</param>
public sealed record NewItem(Guid BaseItem)
{
    /// <summary>An id of your own: a UUID is the item's id, another text makes one that is always the same.</summary>
    public string? EventId { get; init; }

    /// <summary>When; null for now.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}

/// <summary>A transfer of an item. It counts once for its id, of its item; the latest instant tells who owns the item.</summary>
/// <param name="Item">The item's id.</param>
/// <param name="To">The id of the user who receives it.</param>
public sealed record ItemTransfer(Guid Item, Guid To)
{
    /// <summary>An id of your own, up to 255 characters.</summary>
    public string? EventId { get; init; }

    /// <summary>When; null for now.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}
