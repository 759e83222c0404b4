using System.Globalization;
using System.Text.Json;
using Tests.Support;

namespace Tests.EndToEnd.Revenue;

/// <summary>
/// Events of revenue, twice each; the oracle adds up, in decimals of its own, what was sent, and what the ledger says that the service
/// exports.
/// </summary>
internal sealed class RevenueJournal(params HttpClient[] clients) : SliceJournal<RevenueJournal.Entry>(clients, $"{Revenue}/events")
{
    private const string Revenue = "/api/v1/revenue";
    private const long Start = 1_672_531_200;
    private static readonly string[] Currencies = ["EUR", "USD", "BTC"];

    protected override Entry Make(Random random, int keys, (int Seed, int Batch, int Index) place) => new(
        $"{Prefix}-{random.Next(keys)}", $"{place.Seed}-{place.Batch}-{place.Index}",
        random.Next(3) == 0 ? "subtract_revenue" : "add_revenue", random.NextInt64(1_000_000_000_000) / 1_000_000_000m,
        Currencies[random.Next(3)], Start + random.Next(3 * 86_400));

    protected override string IdOf(Entry each) => each.Id;

    protected override object BodyOf(Entry each) => new
    {
        user = each.User,
        name = each.Name,
        value = each.Value,
        currency = each.Currency,
        timestamp = each.At,
        eventId = each.Id,
    };

    protected override async Task CheckAllAsync(TimeSpan within)
    {
        foreach (var user in Sent.GroupBy(each => each.User))
        {
            var (expected, days) = (Tell(user), TellDays(user));
            await Eventually.That(
                async () => await RecountAsync(user.Key) == expected && await BalancesAsync(user.Key) == expected
                    && await DaysAsync(user.Key) == days,
                within,
                $"{user.Key} has what was sent: {expected}, {days}");
        }
    }

    private async Task<string> RecountAsync(string user)
    {
        var entries = new List<Entry>();
        var export = await Reader.GetStringAsync($"{Revenue}/export?user={user}");
        foreach (var line in export.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            entries.Add(new Entry(
                user, json.GetProperty("eventId").GetString()!, json.GetProperty("name").GetString()!,
                Math.Abs(Read(json.GetProperty("amount"))), json.GetProperty("currency").GetString()!,
                json.GetProperty("timestamp").GetDateTimeOffset().ToUnixTimeSeconds()));
        }

        Assert.That(entries.Select(each => each.Id), Is.Unique, $"{user} has an entry twice");
        return entries.TrueForAll(WasSent) ? Tell(entries) : "entries that nobody sent";
    }

    /// <summary>A user's balances, as they can be read.</summary>
    public async Task<string> BalancesAsync(string user)
    {
        using var answer = await Reader.GetAsync($"{Revenue}/users/{user}");
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
        using var document = JsonDocument.Parse(await Reader.GetStringAsync(
            $"{Revenue}/stats?user={user}&from=2023-01-01&to=2023-01-04&resolution=P1D"));
        return string.Join(", ", document.RootElement.GetProperty("series").EnumerateArray().Select(each => Tell(
            $"{each.GetProperty("at").GetDateTimeOffset():yyyy-MM-dd} {each.GetProperty("currency")}",
            Read(each.GetProperty("revenue")), each.GetProperty("events").GetInt32())));
    }

    private static string Tell(IEnumerable<Entry> entries) => string.Join(", ", entries.GroupBy(each => each.Currency)
        .OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => Tell(each.Key, each.Sum(one => one.Effect), each.Count())));

    private static string TellDays(IEnumerable<Entry> entries) => string.Join(", ", entries
        .GroupBy(each => (Day: DateTimeOffset.FromUnixTimeSeconds(each.At).Date, each.Currency))
        .OrderBy(each => each.Key.Day).ThenBy(each => each.Key.Currency, StringComparer.Ordinal)
        .Select(each => Tell($"{each.Key.Day:yyyy-MM-dd} {each.Key.Currency}", each.Sum(one => one.Effect), each.Count())));

    private static string Tell(string what, decimal total, int entries) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} {total / 1.000000000000000000000000000m} ({entries})");

    private static decimal Read(JsonElement text) => decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);

    internal sealed record Entry(string User, string Id, string Name, decimal Value, string Currency, long At)
    {
        public decimal Effect => Name == "subtract_revenue" ? -Value : Value;
    }
}
