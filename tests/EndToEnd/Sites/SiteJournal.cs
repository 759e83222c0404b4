using System.Text.Json;
using Tests.Support;

namespace Tests.EndToEnd.Sites;

/// <summary>
/// Events of sites, twice each; the oracle recounts from what was sent and from the raw events that the service exports.
/// </summary>
internal sealed class SiteJournal(params HttpClient[] clients) : SliceJournal<SiteJournal.Event>(clients, $"{Sites}/events")
{
    private const string Sites = "/api/v1/sites";
    private const long Start = 1_672_531_200;

    protected override Event Make(Random random, int keys, (int Seed, int Batch, int Index) place) => new(
        $"{Prefix}-{random.Next(keys)}", $"{place.Seed}-{place.Batch}-{place.Index}", random.Next(5) == 0 ? "click" : "page_view",
        $"/{random.Next(12)}", $"user{random.Next(200)}", Start + random.Next(3 * 86_400));

    protected override string IdOf(Event each) => each.Id;

    protected override object BodyOf(Event each) => new
    {
        site = each.Site,
        type = each.Type,
        path = each.Path,
        user = each.User,
        timestamp = each.At,
        eventId = each.Id,
    };

    protected override async Task CheckAllAsync(TimeSpan within)
    {
        foreach (var site in Sent.GroupBy(each => each.Site))
        {
            var expected = Tell(site);
            await Eventually.That(
                async () => await RecountAsync(site.Key) == expected && await StatsAsync(site.Key, "views,visitors") == expected
                    && await StatsAsync(site.Key, "views,visitors,visits") == expected,
                within,
                $"{site.Key} has what was sent: {expected}");
        }
    }

    private async Task<string> RecountAsync(string site)
    {
        var events = new List<Event>();
        var export = await Reader.GetStringAsync($"{Sites}/export?site={site}");
        foreach (var line in export.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            events.Add(new Event(
                site, json.GetProperty("eventId").GetString()!, json.GetProperty("type").GetString()!,
                json.GetProperty("path").GetString()!,
                json.GetProperty("user").GetString()!, json.GetProperty("timestamp").GetDateTimeOffset().ToUnixTimeSeconds()));
        }

        Assert.That(events.Select(each => each.Id), Is.Unique, $"{site} has an event twice");
        return events.TrueForAll(WasSent) ? Tell(events) : "events that nobody sent";
    }

    private async Task<string> StatsAsync(string site, string metrics)
    {
        using var document = JsonDocument.Parse(await Reader.GetStringAsync(
            $"{Sites}/{site}/stats?from=2023-01-01&to=2023-01-04&resolution=P1D&top=100&metrics={metrics}"));
        var totals = document.RootElement.GetProperty("totals");
        return Tell(
            totals.GetProperty("events").GetInt32(), totals.GetProperty("views").GetInt32(), totals.GetProperty("visitors").GetInt32(),
            document.RootElement.GetProperty("series").EnumerateArray()
                .Select(each => each.GetProperty("totals").GetProperty("views").GetInt32()),
            document.RootElement.GetProperty("topPaths").EnumerateArray()
                .Select(each => (each.GetProperty("path").GetString()!, each.GetProperty("views").GetInt32())));
    }

    private static string Tell(IEnumerable<Event> events)
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

    internal sealed record Event(string Site, string Id, string Type, string Path, string User, long At);
}
