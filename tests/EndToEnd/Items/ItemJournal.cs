using System.Globalization;
using System.Text.Json;
using Contracts.Common;
using Tests.Support;

namespace Tests.EndToEnd.Items;

/// <summary>Transfers of items, twice each; the oracle knows who owns each item, its history, and how many there were each day.</summary>
internal sealed class ItemJournal(params HttpClient[] clients) : SliceJournal<ItemJournal.Transfer>(clients, $"{Items}/transfers")
{
    private const string Items = "/api/v1/items";
    private const int Users = 20;
    private const int Days = 3;
    private static int made;

    private readonly Guid[] users = [.. Enumerable.Range(0, Users).Select(_ => Guid.NewGuid())];
    private readonly List<Guid> items = [];
    private readonly Lock gate = new();
    private Task? prepared;

    /// <summary>Days of its own, on which nobody else's items were transferred.</summary>
    private readonly DateTimeOffset start = new DateTimeOffset(1950, 1, 1, 0, 0, 0, TimeSpan.Zero)
        .AddDays(10 * Interlocked.Increment(ref made));

    public override bool IsOwn(string id) => Guid.TryParse(id, out var own) && (users.Contains(own) || items.Contains(own));

    protected override Task PrepareAsync(int keys)
    {
        lock (gate)
        {
            return prepared ??= CreateAsync(keys);
        }
    }

    /// <remarks>No two have one instant, so that their order is known whichever arrives first.</remarks>
    protected override Transfer Make(Random random, int keys, (int Seed, int Batch, int Index) place) => new(
        items[random.Next(keys)], $"{place.Seed}-{place.Batch}-{place.Index}", users[random.Next(Users)],
        start.AddMilliseconds(random.Next(Days * 86_400_000))
            .AddTicks((((place.Seed % 10) * 1_000) + ((place.Batch % 16) * 60) + place.Index) % TimeSpan.TicksPerMillisecond));

    protected override string IdOf(Transfer each) => each.Id;

    protected override object BodyOf(Transfer each) => new
    {
        item = each.Item,
        to = each.To,
        timestamp = ShortInstant.ToString(each.At),
        eventId = each.Id,
    };

    protected override async Task CheckAllAsync(TimeSpan within)
    {
        var days = TellDays(Sent);
        await Eventually.That(
            async () => await RecountAsync() is { } found && found.Count == Sent.Count && found.TrueForAll(WasSent)
                && await CountAsync("transfers") == days && await CountAsync("items") == TellFirstDay(items.Count)
                && await CountAsync("users") == TellFirstDay(Users),
            within, $"there is what was sent, on each day: {days}");
        foreach (var item in Sent.GroupBy(each => each.Item))
        {
            var last = item.MaxBy(each => each.At)!;
            using var owner = JsonDocument.Parse(await Reader.GetStringAsync($"{Items}/{item.Key}/owner"));
            Assert.That(
                (owner.RootElement.GetProperty("owner").GetGuid(), owner.RootElement.GetProperty("eventId").GetString()),
                Is.EqualTo((last.To, last.Id)), "the latest transfer tells the owner");
            using var history = JsonDocument.Parse(await Reader.GetStringAsync($"{Items}/{item.Key}/history?limit=1000"));
            Assert.That(
                history.RootElement.GetProperty("items").EnumerateArray().Select(each => each.GetProperty("eventId").GetString()),
                Is.EqualTo(item.OrderBy(each => each.At).Take(1_000).Select(each => each.Id)));
        }
    }

    private async Task CreateAsync(int keys)
    {
        items.AddRange(Enumerable.Range(0, keys).Select(_ => Guid.NewGuid()));
        var (baseItem, timestamp) = (Guid.NewGuid(), ShortInstant.ToString(start));
        await DeliverAsync($"{Items}/base-items", new[] { new { description = "of a journal", eventId = baseItem } });
        await DeliverAsync($"{Items}/users", users.Select(user => new { eventId = user, timestamp }));
        await DeliverAsync(Items, items.Select(item => new { baseItem, eventId = item, timestamp }));
    }

    /// <summary>What the export has of its days.</summary>
    private async Task<List<Transfer>> RecountAsync()
    {
        var found = new List<Transfer>();
        var export = await Reader.GetStringAsync(
            $"{Items}/export?from={ShortInstant.ToString(start)}&to={ShortInstant.ToString(start.AddDays(Days))}");
        foreach (var line in export.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            found.Add(new Transfer(
                json.GetProperty("id").GetGuid(), json.GetProperty("eventId").GetString()!, json.GetProperty("to").GetGuid(),
                json.GetProperty("timestamp").GetDateTimeOffset()));
        }

        Assert.That(found.Select(each => each.Id), Is.Unique, "a transfer is there twice");
        return found;
    }

    private async Task<string> CountAsync(string what)
    {
        using var document = JsonDocument.Parse(await Reader.GetStringAsync(
            $"{Items}/statistics/{what}/day?from={ShortInstant.ToString(start)}&to={ShortInstant.ToString(start.AddDays(Days))}"));
        return string.Join(", ", document.RootElement.GetProperty("points").EnumerateArray()
            .Select(each => $"{each.GetProperty("time").GetString()![..10]} {each.GetProperty("count")}"));
    }

    private string TellFirstDay(int count) => string.Create(CultureInfo.InvariantCulture, $"{start:yyyy-MM-dd} {count}");

    private static string TellDays(IEnumerable<Transfer> transfers) => string.Join(
        ", ", transfers.GroupBy(each => each.At.Date).OrderByDescending(day => day.Key)
            .Select(day => string.Create(CultureInfo.InvariantCulture, $"{day.Key:yyyy-MM-dd} {day.Count()}")));

    internal sealed record Transfer(Guid Item, string Id, Guid To, DateTimeOffset At);
}
