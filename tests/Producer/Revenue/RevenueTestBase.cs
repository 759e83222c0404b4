using System.Globalization;
using System.Text.Json;

namespace Tests.Producer.Revenue;

/// <summary>Short words for what tests of revenue do.</summary>
public abstract class RevenueTestBase : RestTests
{
    protected const string Revenue = "/api/v1/revenue";
    protected const string Route = $"{Revenue}/events";
    private static int made;

    protected static string NewUser() => $"post/{Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture)}";

    protected static string Escape(string user) => Uri.EscapeDataString(user);

    protected static string Tell(JsonElement entry) =>
        $"{entry.GetProperty("eventId")} {entry.GetProperty("amount")} {entry.GetProperty("currency")}";

    protected async Task<string> BalancesAsync(string user)
    {
        var answer = await GetAsync($"{Revenue}/users/{Escape(user)}");
        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        return string.Join(", ", answer.Json.GetProperty("balances").EnumerateArray()
            .Select(each => $"{each.GetProperty("total")} {each.GetProperty("currency")} ({each.GetProperty("events")})"));
    }

    protected async Task<IReadOnlyList<JsonElement>> ExportAsync(string user) =>
        [.. (await GetAsync($"{Revenue}/export?user={Escape(user)}")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];
}
