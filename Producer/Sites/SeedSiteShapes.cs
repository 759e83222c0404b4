using System.Text.Json.Serialization;
using Producer.Http;

namespace Producer.Sites;

/// <summary>The seed's request, as the API document shows it.</summary>
internal sealed record SeedEventRequest
{
    /// <summary>The site's id, 1 to 255 characters.</summary>
    [JsonPropertyName("site_id")]
    public required string SiteId { get; init; }

    /// <summary>What happened, 1 to 100 characters.</summary>
    [JsonPropertyName("event_type")]
    public required string EventType { get; init; }

    /// <summary>Where on the site, 1 to 2,048 characters.</summary>
    public required string Path { get; init; }

    /// <summary>Who did it, up to 255 characters.</summary>
    [JsonPropertyName("user_id")]
    public string? UserId { get; init; }

    /// <summary>When, ISO 8601. Default: now.</summary>
    public string? Timestamp { get; init; }
}

/// <summary>The seed's answer.</summary>
/// <param name="Status">queued.</param>
/// <param name="Message">What was done with the request, for people.</param>
internal sealed record SeedEventAnswer(string Status, string Message)
{
    public static SeedEventAnswer Queued { get; } = new("queued", "Event received and queued for processing");
}

/// <summary>The seed's answer to an event that is not valid.</summary>
/// <param name="Errors">What is wrong with it.</param>
internal sealed record SeedEventErrors(IReadOnlyList<string> Errors)
{
    /// <summary>The seed's order.</summary>
    private static readonly string[] Fields = ["$", "site_id", "event_type", "path", "user_id", "timestamp"];

    public static SeedEventErrors Of(FieldErrors errors) => new([.. errors.ToDictionary()
        .OrderBy(each => Array.IndexOf(Fields, each.Key) is >= 0 and var place ? place : Fields.Length)
        .Select(each => $"{(each.Key == "$" ? "Request body" : each.Key)} {each.Value[0]}")]);
}

/// <summary>The seed's error.</summary>
/// <param name="Error">What is wrong, for people.</param>
internal sealed record SeedSiteError(string Error)
{
    public static IResult Answer(int status, string message) =>
        new JsonAnswer<SeedSiteError>(new SeedSiteError(message), SiteResourcesJson.Http.SeedSiteError, status);
}

/// <summary>The seed's statistics.</summary>
/// <param name="SiteId">The site's id.</param>
/// <param name="Date">The day; null for all time.</param>
/// <param name="TotalViews">Events of the type page_view.</param>
/// <param name="UniqueUsers">Different users, of events of all types.</param>
/// <param name="TopPaths">The ten paths with the most views, those with as many in the order of their characters.</param>
internal sealed record SeedStatsAnswer(
    [property: JsonPropertyName("site_id")] string SiteId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Date,
    [property: JsonPropertyName("total_views")] long TotalViews,
    [property: JsonPropertyName("unique_users")] long UniqueUsers,
    [property: JsonPropertyName("top_paths")] IReadOnlyList<SitePathResource> TopPaths);
