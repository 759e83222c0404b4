namespace ClientLibrary.Items;

/// <summary>An item as it is.</summary>
/// <param name="Id">Its id.</param>
/// <param name="BaseItem">The id of the base item that it is made of.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Owner">The id of the user who owns it; null while nobody does.</param>
public sealed record ItemInfo(Guid Id, Guid BaseItem, DateTimeOffset CreatedAt, Guid? Owner);
