using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tests.Support;

namespace Tests.Client;

/// <summary>Files of events, and what the service has counted of them.</summary>
internal static partial class SentEvents
{
    private const string Until = "2026-01-31T12:00:00Z";

    /// <summary>The slices whose events can be counted.</summary>
    public static readonly string[] Slices = ["devices", "sites", "revenue", "items"];

    /// <summary>A file of test events without ids of their own, where others do not refer to them.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Of their content.</param>
    public static async Task<string[]> GenerateAsync(string slice, int count, int seed)
    {
        var made = await CommandRun.OnAsync(
            null, "generate", slice, "--count", $"{count}", "--seed", $"{seed}", "--until", Until);
        Assert.That((made.Code, made.Lines.Length), Is.EqualTo((0, count)), made.Errors);
        return [.. made.Lines.Select(line => IdAtTheEnd().Replace(line, "}"))];
    }

    /// <summary>How many events of a slice the service has counted.</summary>
    public static async Task<long> CountAsync(HttpClient http, string slice) => slice switch
    {
        "devices" => (await ItemsAsync(http, "/api/v1/devices?limit=1000")).Sum(device => device.GetProperty("readings").GetInt64()),
        "sites" => (await http.GetFromJsonAsync<JsonElement>(
            "/api/v1/sites/example.org/stats?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z"))
            .GetProperty("totals").GetProperty("events").GetInt64(),
        "revenue" => (await ItemsAsync(http, "/api/v1/revenue/users?limit=1000"))
            .Sum(user => user.GetProperty("balances").EnumerateArray().Sum(balance => balance.GetProperty("events").GetInt64())),
        _ => await ExportedAsync(http, "users") + await ExportedAsync(http, "base-items") + await ExportedAsync(http, "items")
            + await ExportedAsync(http, "transfers"),
    };

    private static async Task<IEnumerable<JsonElement>> ItemsAsync(HttpClient http, string path) =>
        (await http.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").EnumerateArray();

    private static async Task<long> ExportedAsync(HttpClient http, string what) =>
        (await http.GetStringAsync($"/api/v1/items/export?what={what}&format=ndjson"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    [GeneratedRegex(""","eventId":"[^"]+"}$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex IdAtTheEnd();
}
