using System.Text.Json.Serialization;

namespace Producer.Items;

/// <summary>The seed's user.</summary>
/// <param name="Id">The user's id.</param>
internal sealed record SeedUser(Guid Id);

/// <summary>The seed's base item.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Description">For people.</param>
internal sealed record SeedBaseItem(Guid Id, string Description);

/// <summary>The seed's item.</summary>
/// <param name="Id">Its id.</param>
/// <param name="BaseItemId">The id of the base item that it is made of.</param>
/// <param name="CreatedAt">When it was created.</param>
internal sealed record SeedItem(
    Guid Id, [property: JsonPropertyName("base_item_id")] Guid BaseItemId,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt);

/// <summary>The seed's count of one unit of time.</summary>
/// <param name="Time">When it begins.</param>
/// <param name="Count">How many, a whole number as text.</param>
internal sealed record SeedPoint(string Time, string Count);

/// <summary>The seed's request for a base item, as the API document shows it.</summary>
internal sealed record SeedBaseItemRequest
{
    /// <summary>For people, up to 10,000 characters.</summary>
    public string? Description { get; set; }
}

/// <summary>The seed's request for an item.</summary>
internal sealed record SeedItemRequest
{
    /// <summary>The id of the base item that it is made of.</summary>
    [JsonPropertyName("base_item_id")]
    public Guid? BaseItemId { get; set; }
}

/// <summary>The seed's request for a transfer.</summary>
internal sealed record SeedOwnership
{
    /// <summary>The id of the user who receives it.</summary>
    public Guid? To { get; set; }
}
