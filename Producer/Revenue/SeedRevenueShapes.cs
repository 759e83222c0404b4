using System.Text.Json.Serialization;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>The seed's request, as the API document shows it.</summary>
internal sealed record SeedLiveEventRequest
{
    /// <summary>The user's id, 1 to 255 characters.</summary>
    public required string UserId { get; init; }

    /// <summary>add_revenue, subtract_revenue or a registered name; others are ignored.</summary>
    public required string Name { get; init; }

    /// <summary>How much, 0 or more, with at most 15 digits before the point and 9 after it.</summary>
    public required decimal Value { get; init; }
}

/// <summary>The seed's answer.</summary>
/// <param name="Message">For people.</param>
internal sealed record SeedLiveEventAnswer(string Message)
{
    public static SeedLiveEventAnswer Received { get; } = new("Event received");
}

/// <summary>The seed's error.</summary>
/// <param name="Error">What is wrong.</param>
internal sealed record SeedRevenueError(string Error)
{
    /// <summary>What a client without the right credential is told, as the seed did.</summary>
    public const string Unauthorized = "Unauthorized";

    public static IResult Answer(int status, string message) =>
        new JsonAnswer<SeedRevenueError>(new SeedRevenueError(message), RevenueResourcesJson.Http.SeedRevenueError, status);
}

/// <summary>The seed's user.</summary>
/// <param name="UserId">The user's id.</param>
/// <param name="Revenue">The balance in the default currency, an exact decimal number as text.</param>
internal sealed record SeedUserRevenue([property: JsonPropertyName("user_id")] string UserId, string Revenue);
