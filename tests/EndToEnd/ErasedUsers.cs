using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Common;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>
/// A user with thousands of entries of revenue and one who was given thousands of items, each beside another who stays; and the oracle of
/// what is left when the two are erased.
/// </summary>
/// <param name="http">Where they are created, erased and read.</param>
internal sealed class ErasedUsers(HttpClient http)
{
    private const string Revenue = "/api/v1/revenue";
    private const string Items = "/api/v1/items";

    /// <summary>Of the one who is erased; erasures go in steps of a thousand or so.</summary>
    private const int Erased = 20_000;
    private const int Staying = 300;
    private const int BatchSize = 10_000;
    private static int made;

    private readonly Guid gone = Guid.NewGuid();
    private readonly Guid stays = Guid.NewGuid();
    private readonly Guid item = Guid.NewGuid();

    /// <summary>A currency of its own, which no other test's sums have.</summary>
    private readonly string currency = Convert.ToHexString(Guid.NewGuid().ToByteArray()).ToUpperInvariant()[..12];

    /// <summary>A day of its own.</summary>
    private readonly DateTimeOffset day = new DateTimeOffset(1940, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(Interlocked.Increment(ref made));

    /// <summary>The address of the user whose revenue is erased.</summary>
    public string RevenueUser => $"{Revenue}/users/{gone}";

    /// <summary>The address of the user of items who is erased.</summary>
    public string ItemUser => $"{Items}/users/{gone}";

    private string OnDay => $"from={ShortInstant.ToString(day)}&to={ShortInstant.ToString(day.AddDays(1))}";

    public async Task CreateAsync()
    {
        var timestamp = ShortInstant.ToString(day);
        var baseItem = Guid.NewGuid();
        await SendAsync($"{Items}/base-items", new { description = "to be given away", eventId = baseItem });
        await SendAsync($"{Items}/users", new[] { gone, stays }.Select(user => new { eventId = user, timestamp }).ToArray());
        await SendAsync(Items, new { baseItem, eventId = item, timestamp });
        foreach (var batch in Enumerable.Range(0, Erased + Staying).Chunk(BatchSize))
        {
            // Those who stay came first.
            await SendAsync($"{Revenue}/events", batch.Select(i => new
            {
                user = i < Staying ? stays : gone,
                name = "add_revenue",
                value = "0.01",
                currency,
                timestamp = ShortInstant.ToString(day.AddSeconds(i)),
                eventId = $"{i}",
            }).ToArray());
            await SendAsync($"{Items}/transfers", batch.Select(i => new
            {
                item,
                to = i < Staying ? stays : gone,
                timestamp = ShortInstant.ToString(day.AddSeconds(i)),
                eventId = $"{i}",
            }).ToArray());
        }
    }

    /// <summary>Begins to erase; whether that was answered nobody knows when the service is killed.</summary>
    /// <returns>The status and the tracking id; null where there was no answer.</returns>
    public async Task<(HttpStatusCode Status, string? Tracking)?> EraseAsync(string user, string? prefer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, user);
        if (prefer is not null)
        {
            request.Headers.TryAddWithoutValidation("Prefer", prefer);
        }

        try
        {
            using var answer = await http.SendAsync(request);
            return (answer.StatusCode, answer.Headers.TryGetValues("X-Tracking-Id", out var ids) ? ids.Single() : null);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
        {
            return null;
        }
    }

    /// <summary>Whether the erasure of a user has begun, as far as anybody can see.</summary>
    public async Task<bool> IsHiddenAsync(string user)
    {
        using var answer = await http.GetAsync(user);
        return answer.StatusCode == HttpStatusCode.NotFound;
    }

    /// <summary>All that can be read is without the two who were erased, and whole of those who stay.</summary>
    public async Task CheckAsync(TimeSpan within)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $"{Staying} {Staying * 0.01m:0.##} ({Staying})");
        await Eventually.That(
            async () => await IsHiddenAsync(RevenueUser) && await LedgerAsync(gone) == 0
                && $"{await LedgerAsync(stays)} {await SumAsync()}" == expected,
            within, $"what is left of the revenue: {expected}");
        await Eventually.That(
            async () => await IsHiddenAsync(ItemUser) && await ReceivedAsync() == $"{Erased} nobody, {Staying} who stays"
                && await CountAsync("users") == 1 && await CountAsync("transfers") == Erased + Staying,
            within, "transfers to nobody instead of to the user");
        using var owner = await http.GetAsync($"{Items}/{item}/owner");
        Assert.That(owner.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), "the last transfer was to the user");
    }

    private async Task<int> LedgerAsync(Guid user)
    {
        var export = await http.GetStringAsync($"{Revenue}/export?user={user}");
        return export.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    /// <summary>What all users together came to on the day, in the currency that only these two have.</summary>
    private async Task<string> SumAsync()
    {
        using var document = JsonDocument.Parse(await http.GetStringAsync(
            $"{Revenue}/stats?currency={currency}&from={day:yyyy-MM-dd}&to={day.AddDays(1):yyyy-MM-dd}"));
        return string.Join(", ", document.RootElement.GetProperty("totals").EnumerateArray().Select(
            each => $"{each.GetProperty("revenue").GetString()} ({each.GetProperty("events")})"));
    }

    private async Task<string> ReceivedAsync()
    {
        var export = await http.GetStringAsync($"{Items}/export?{OnDay}");
        var names = export.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            using var transfer = JsonDocument.Parse(line);
            return !transfer.RootElement.TryGetProperty("to", out var to) ? "nobody"
                : to.GetGuid() == stays ? "who stays" : to.GetGuid() == gone ? "who is gone" : "a stranger";
        });
        return string.Join(", ", names.CountBy(name => name).OrderBy(each => each.Key, StringComparer.Ordinal)
            .Select(each => $"{each.Value} {each.Key}"));
    }

    private async Task<int> CountAsync(string what)
    {
        using var document = JsonDocument.Parse(await http.GetStringAsync(
            $"{Items}/statistics/{what}/day?{OnDay}"));
        return document.RootElement.GetProperty("points").EnumerateArray().Sum(each => each.GetProperty("count").GetInt32());
    }

    private async Task SendAsync(string path, object body)
    {
        // Until it is applied: what a request refers to has to be there.
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("Prefer", "wait=30");
        using var answer = await http.SendAsync(request);
        Assert.That((int)answer.StatusCode, Is.AnyOf(201, 202), await answer.Content.ReadAsStringAsync());
    }
}
