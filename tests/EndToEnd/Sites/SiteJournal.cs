using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.Support;

namespace Tests.EndToEnd.Sites;

/// <summary>
/// A client that sends every event twice, and again until it is acknowledged; and an oracle that recounts from what it sent and from the
/// raw events that the service exports.
/// </summary>
internal sealed class SiteJournal(params HttpClient[] clients)
{
    private const string Sites = "/api/v1/sites";
    private const long Start = 1_672_531_200;
    private readonly ConcurrentDictionary<string, Sent> sent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> acknowledged = new(StringComparer.Ordinal);
    private int next;

    public int Acknowledged => acknowledged.Count;

    /// <summary>What the names of its sites begin with.</summary>
    public string Prefix { get; } = $"k{Guid.NewGuid():N}"[..8];

    /// <summary>Sends batches of random sizes until it is told to stop; nothing is left unacknowledged then.</summary>
    public async Task SendAsync(int seed, int sites, CancellationToken stop)
    {
        var random = new Random(seed);
        for (var batch = 0; !stop.IsCancellationRequested; batch++)
        {
            var events = Enumerable.Range(0, random.Next(1, 60)).Select(i => new Sent(
                $"{Prefix}-{random.Next(sites)}", $"{seed}-{batch}-{i}", random.Next(5) == 0 ? "click" : "page_view", $"/{random.Next(12)}",
                $"user{random.Next(200)}", Start + random.Next(3 * 86_400))).ToList();
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

    /// <summary>Every number is that of what was sent, and of the raw events; and no event is there that nobody sent.</summary>
    public async Task CheckAsync(TimeSpan within)
    {
        Assert.That(acknowledged, Has.Count.EqualTo(sent.Count), "everything was acknowledged in the end");
        foreach (var site in sent.Values.GroupBy(each => each.Site))
        {
            var expected = Tell(site);
            await Eventually.That(
                async () => await RecountAsync(site.Key) == expected && await StatsAsync(site.Key, "views,visitors") == expected
                    && await StatsAsync(site.Key, "views,visitors,visits") == expected,
                within,
                $"{site.Key} has what was sent: {expected}");
        }
    }

    private async Task DeliverAsync(List<Sent> events)
    {
        var body = events.Select(each => new
        {
            site = each.Site,
            type = each.Type,
            path = each.Path,
            user = each.User,
            timestamp = each.At,
            eventId = each.Id,
        }).ToArray();
        while (true)
        {
            try
            {
                using var answer = await clients[Interlocked.Increment(ref next) % clients.Length].PostAsJsonAsync($"{Sites}/events", body);
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

    private async Task<string> RecountAsync(string site)
    {
        var events = new List<Sent>();
        var export = await clients[0].GetStringAsync($"{Sites}/export?site={site}");
        foreach (var line in export.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            events.Add(new Sent(
                site, json.GetProperty("eventId").GetString()!, json.GetProperty("type").GetString()!,
                json.GetProperty("path").GetString()!,
                json.GetProperty("user").GetString()!, json.GetProperty("timestamp").GetDateTimeOffset().ToUnixTimeSeconds()));
        }

        Assert.That(events.Select(each => each.Id), Is.Unique, $"{site} has an event twice");
        return events.TrueForAll(each => sent.GetValueOrDefault(each.Id) == each) ? Tell(events) : "events that nobody sent";
    }

    private async Task<string> StatsAsync(string site, string metrics)
    {
        using var document = JsonDocument.Parse(await clients[0].GetStringAsync(
            $"{Sites}/{site}/stats?from=2023-01-01&to=2023-01-04&resolution=P1D&top=100&metrics={metrics}"));
        var totals = document.RootElement.GetProperty("totals");
        return Tell(
            totals.GetProperty("events").GetInt32(), totals.GetProperty("views").GetInt32(), totals.GetProperty("visitors").GetInt32(),
            document.RootElement.GetProperty("series").EnumerateArray()
                .Select(each => each.GetProperty("totals").GetProperty("views").GetInt32()),
            document.RootElement.GetProperty("topPaths").EnumerateArray()
                .Select(each => (each.GetProperty("path").GetString()!, each.GetProperty("views").GetInt32())));
    }

    private static string Tell(IEnumerable<Sent> events)
    {
        var all = events.ToList();
        var views = all.Where(each => each.Type == "page_view").ToList();
        return Tell(
            all.Count, views.Count, all.Select(each => each.User).Distinct().Count(),
            Enumerable.Range(0, 3).Select(day => views.Count(each => (each.At - Start) / 86_400 == day)),
            views.GroupBy(each => each.Path).Select(path => (path.Key, path.Count()))
                .OrderByDescending(path => path.Item2).ThenBy(path => path.Key, StringComparer.Ordinal));
    }

    private static string Tell(int events, int views, int visitors, IEnumerable<int> days, IEnumerable<(string Path, int Views)> paths) =>
        $"{events} events, {views} views, {visitors} visitors, {string.Join('+', days)}, {string.Join(' ', paths)}";

    private sealed record Sent(string Site, string Id, string Type, string Path, string User, long At);
}
