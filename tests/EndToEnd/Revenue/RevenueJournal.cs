using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.Support;

namespace Tests.EndToEnd.Revenue;

/// <summary>
/// A client that sends every event twice, and again until it is acknowledged; and an oracle that adds up, in decimals of its own, what it
/// sent, and what the ledger says that the service exports.
/// </summary>
internal sealed class RevenueJournal(params HttpClient[] clients)
{
    private const string Revenue = "/api/v1/revenue";
    private const long Start = 1_672_531_200;
    private static readonly string[] Currencies = ["EUR", "USD", "BTC"];

    private readonly ConcurrentDictionary<string, Sent> sent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> acknowledged = new(StringComparer.Ordinal);
    private int next;

    public int Acknowledged => acknowledged.Count;

    /// <summary>The ids of what was acknowledged.</summary>
    public IEnumerable<string> Ids => acknowledged.Keys;

    /// <summary>What the ids of its users begin with.</summary>
    public string Prefix { get; } = $"k{Guid.NewGuid():N}"[..8];

    /// <summary>Sends batches of random sizes until it is told to stop; nothing is left unacknowledged then.</summary>
    public async Task SendAsync(int seed, int users, CancellationToken stop)
    {
        var random = new Random(seed);
        for (var batch = 0; !stop.IsCancellationRequested; batch++)
        {
            var events = Enumerable.Range(0, random.Next(1, 60)).Select(i => new Sent(
                $"{Prefix}-{random.Next(users)}", $"{seed}-{batch}-{i}", random.Next(3) == 0 ? "subtract_revenue" : "add_revenue",
                random.NextInt64(1_000_000_000_000) / 1_000_000_000m, Currencies[random.Next(3)],
                Start + random.Next(3 * 86_400))).ToList();
            foreach (var each in events)
            {
                sent[each.Id] = each;
            }

            await DeliverAsync(events);
            await DeliverAsync(events);
        }
    }

    /// <summary>Sends everything again that was ever sent.</summary>
    public async Task RepeatAsync()
    {
        foreach (var events in sent.Values.Chunk(500))
        {
            await DeliverAsync([.. events]);
        }
    }

    /// <summary>Every number is that of what was sent, and of the ledger; and no entry is there that nobody sent.</summary>
    public async Task CheckAsync(TimeSpan within)
    {
        Assert.That(acknowledged, Has.Count.EqualTo(sent.Count), "everything was acknowledged in the end");
        foreach (var user in sent.Values.GroupBy(each => each.User))
        {
            var (expected, days) = (Tell(user), TellDays(user));
            await Eventually.That(
                async () => await RecountAsync(user.Key) == expected && await BalancesAsync(user.Key) == expected
                    && await DaysAsync(user.Key) == days,
                within,
                $"{user.Key} has what was sent: {expected}, {days}");
        }
    }

    private async Task DeliverAsync(List<Sent> events)
    {
        var body = events.Select(each => new
        {
            user = each.User,
            name = each.Name,
            value = each.Value,
            currency = each.Currency,
            timestamp = each.At,
            eventId = each.Id,
        }).ToArray();
        while (true)
        {
            try
            {
                using var answer = await clients[Interlocked.Increment(ref next) % clients.Length].PostAsJsonAsync(
                    $"{Revenue}/events", body);
                if (answer.IsSuccessStatusCode)
                {
                    Assert.That((int)answer.StatusCode, Is.AnyOf(201, 202), "nothing of it may be refused");
                    events.ForEach(each => acknowledged[each.Id] = true);
                    return;
                }

                Assert.That((int)answer.StatusCode, Is.EqualTo(503), await answer.Content.ReadAsStringAsync());
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
            {
                // It is down; whether it took the events nobody knows.
            }

            await Task.Delay(50);
        }
    }

    private async Task<string> RecountAsync(string user)
    {
        var entries = new List<Sent>();
        var export = await clients[0].GetStringAsync($"{Revenue}/export?user={user}");
        foreach (var line in export.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            entries.Add(new Sent(
                user, json.GetProperty("eventId").GetString()!, json.GetProperty("name").GetString()!,
                Math.Abs(Read(json.GetProperty("amount"))), json.GetProperty("currency").GetString()!,
                json.GetProperty("timestamp").GetDateTimeOffset().ToUnixTimeSeconds()));
        }

        Assert.That(entries.Select(each => each.Id), Is.Unique, $"{user} has an entry twice");
        return entries.TrueForAll(each => sent.GetValueOrDefault(each.Id) == each) ? Tell(entries) : "entries that nobody sent";
    }

    /// <summary>A user's balances, as they can be read.</summary>
    public async Task<string> BalancesAsync(string user)
    {
        using var answer = await clients[0].GetAsync($"{Revenue}/users/{user}");
        if (!answer.IsSuccessStatusCode)
        {
            return $"{answer.StatusCode}";
        }

        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return string.Join(", ", document.RootElement.GetProperty("balances").EnumerateArray().Select(
            each => Tell(each, "total")));
    }

    /// <summary>A balance in words.</summary>
    public static string Tell(JsonElement balance, string total) => Tell(
        balance.GetProperty("currency").GetString()!, Read(balance.GetProperty(total)), balance.GetProperty("events").GetInt32());

    private async Task<string> DaysAsync(string user)
    {
        using var document = JsonDocument.Parse(await clients[0].GetStringAsync(
            $"{Revenue}/stats?user={user}&from=2023-01-01&to=2023-01-04&resolution=P1D"));
        return string.Join(", ", document.RootElement.GetProperty("series").EnumerateArray().Select(each => Tell(
            $"{each.GetProperty("at").GetDateTimeOffset():yyyy-MM-dd} {each.GetProperty("currency")}",
            Read(each.GetProperty("revenue")), each.GetProperty("events").GetInt32())));
    }

    private static string Tell(IEnumerable<Sent> entries) => string.Join(", ", entries.GroupBy(each => each.Currency)
        .OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => Tell(each.Key, each.Sum(one => one.Effect), each.Count())));

    private static string TellDays(IEnumerable<Sent> entries) => string.Join(", ", entries
        .GroupBy(each => (Day: DateTimeOffset.FromUnixTimeSeconds(each.At).Date, each.Currency))
        .OrderBy(each => each.Key.Day).ThenBy(each => each.Key.Currency, StringComparer.Ordinal)
        .Select(each => Tell($"{each.Key.Day:yyyy-MM-dd} {each.Key.Currency}", each.Sum(one => one.Effect), each.Count())));

    private static string Tell(string what, decimal total, int entries) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} {total / 1.000000000000000000000000000m} ({entries})");

    private static decimal Read(JsonElement text) => decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);

    private sealed record Sent(string User, string Id, string Name, decimal Value, string Currency, long At)
    {
        public decimal Effect => Name == "subtract_revenue" ? -Value : Value;
    }
}
