using System.Text.Json;

namespace Tests.Producer.Items;

/// <summary>Short words for what tests of items do.</summary>
public abstract class ItemTestBase : RestTests
{
    protected const string Items = "/api/v1/items";

    /// <summary>Creates a user, base item or item, and answers its id.</summary>
    protected async Task<string> NewAsync(string path, object body)
    {
        var answer = await PostAsync(path, body);
        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
        return answer["id"];
    }

    protected Task<string> NewUserAsync() => NewAsync($"{Items}/users", new { });

    protected Task<string> NewBaseItemAsync() => NewAsync($"{Items}/base-items", new { description = "A chair." });

    protected async Task<string> NewItemAsync() => await NewAsync(Items, new { baseItem = await NewBaseItemAsync() });

    protected async Task TransferAsync(string item, string to, string timestamp, string? eventId = null)
    {
        var answer = await PostAsync($"{Items}/transfers", new { item, to, timestamp, eventId });
        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
    }

    /// <summary>The user who owns an item; null for nobody.</summary>
    protected async Task<string?> OwnerAsync(string item) =>
        (await GetAsync($"{Items}/{item}")).Json.TryGetProperty("owner", out var owner) ? owner.GetString() : null;

    /// <summary>Points as text: 2023-01-01T00:00:00Z 3, ….</summary>
    protected static string Tell(JsonElement points) => string.Join(
        ", ", points.EnumerateArray().Select(each => $"{each.GetProperty("time").GetString()} {each.GetProperty("count")}"));
}
