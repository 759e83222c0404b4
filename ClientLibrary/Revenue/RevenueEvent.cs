using System.Text.Json.Serialization;

namespace ClientLibrary.Revenue;

/// <summary>What a user brought in, or was paid back. It counts once for its id, of its user; the first one wins.</summary>
/// <param name="User">The user's id, 1 to 255 characters.</param>
/// <param name="Name">add_revenue, subtract_revenue, or a name that was registered.</param>
/// <param name="Value">0 or more, with at most 15 digits before the point and 9 after it.</param>
public sealed record RevenueEvent(
    string User,
    string Name,
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)] decimal Value)
{
    /// <summary>1 to 12 of A–Z and 0–9; null for the service's own.</summary>
    public string? Currency { get; init; }

    /// <summary>When; null for now.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>An id of your own, up to 255 characters; null for one that lasts as long as the call.</summary>
    public string? EventId { get; init; }
}
