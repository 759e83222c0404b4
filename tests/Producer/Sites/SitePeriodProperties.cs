using Contracts.Common;
using Contracts.Sites;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Producer.Http;
using Producer.Sites;
using Tests.Contract.Sites;
using Tests.Support;

namespace Tests.Producer.Sites;

/// <summary>Random events and periods: counted from raw events and from sums, beside a model that counts as simply as possible.</summary>
public sealed class SitePeriodProperties
{
    private const string Site = "example.org";
    private const long Hour = TimeSpan.TicksPerHour;
    private static readonly Guid Epoch = Guid.Parse("0b0b6d8e-3d9a-4d5f-8f8a-1f3b5c7d9e11");
    private static readonly string[] Resolutions = ["PT1H", "P1D", "PT15M"];
    private static readonly string[] Zones = ["UTC", "Asia/Kolkata", "Europe/Berlin"];
    private static readonly long Start = SiteModel.Ticks("2023-01-30T00:00:00Z");
    private SqliteSiteStorage storage = null!;

    [SetUp]
    public void Open() => storage = new SqliteSiteStorage(onDisk: false);

    [TearDown]
    public void Close() => storage.Dispose();

    [Test]
    public async Task Both_ways_of_counting_say_what_the_model_says([Range(1, 10)] int seed)
    {
        var random = new Random(seed);
        SiteEvent[] events = [.. Enumerable.Range(0, 400).Select(i => Draw(random, i))];
        random.Shuffle(events);
        var offset = 0L;
        foreach (var chunk in events.Chunk(37))
        {
            await AddAsync(chunk, offset++);
        }

        for (var i = 0; i < 12; i++)
        {
            var from = Start + random.NextInt64(4 * TimeSpan.TicksPerDay);
            var to = from + 1 + random.NextInt64(4 * TimeSpan.TicksPerDay);
            if (random.Next(2) == 0)
            {
                (from, to) = (SiteModel.Floor(from, Hour), SiteModel.Floor(to, Hour) + Hour);
            }

            await CompareAsync(events, from, to, Resolutions[i % 3], Zones[random.Next(3)]);
        }
    }

    private async Task CompareAsync(SiteEvent[] events, long from, long to, string resolution, string zone)
    {
        var query = Read($"?from={Text(from)}&to={Text(to)}&resolution={resolution}&zone={zone}");
        var scan = await new SiteScan(storage.Store, "default", query, 1_000_000).RunAsync(from, to, query.Boundaries!, default);
        var sums = new global::Producer.Sites.SiteSums(storage.Store, "default", Site, long.MinValue);
        var summed = await sums.RunAsync(from, to, query.Boundaries!, default);
        var visits = VisitsOf(events);
        var where = $"{Text(from)} to {Text(to)} by {resolution} in {zone}";

        Assert.That(Tell(scan!.Total, withVisits: true), Is.EqualTo(Expect(events, visits, from, to)), where);
        Assert.That(Tell(summed.Total, withVisits: false), Is.EqualTo(Expect(events, [], from, to)), where);
        for (var i = 0; i < scan.Steps.Count; i++)
        {
            var (begin, end) = (Math.Max(from, query.Boundaries![i]), Math.Min(to, query.Boundaries[i + 1]));
            Assert.That(Tell(scan.Steps[i], withVisits: true), Is.EqualTo(Expect(events, visits, begin, end)), $"{where}, step {i}");
            var expected = Expect(events, [], begin, end);
            Assert.That(
                Tell(summed.Steps[i], withVisits: false),
                Is.EqualTo(summed.HasStepVisitors ? expected : expected with { Users = 0, Anonymous = 0 }), $"{where}, step {i} of sums");
        }

        Assert.That(await sums.SumAsync(SiteSeries.Paths, from, to, 10_000, default), Is.EquivalentTo(scan.Paths!), where);
        Assert.That(await sums.SumAsync(SiteSeries.Types, from, to, 10_000, default), Is.EquivalentTo(scan.Types!), where);
    }

    [Test]
    public async Task More_events_than_may_be_read_are_not_counted_from_events()
    {
        SiteEvent[] events = [.. Enumerable.Range(0, 12_000).Select(i => Draw(new Random(i), i))];
        foreach (var (chunk, offset) in events.Chunk(1_000).Select((chunk, offset) => (chunk, offset)))
        {
            await AddAsync(chunk, offset);
        }

        var query = Read("?from=2023-01-01&to=2023-03-01");

        Assert.That(await ScanAsync(5_000), Is.Null);
        var read = await ScanAsync(12_000);
        Assert.That(read!.Total.Events + read.Total.BotEvents, Is.EqualTo(12_000));
        Assert.That(await new global::Producer.Sites.SiteSums(storage.Store, "default", Site, long.MinValue)
            .SumAsync(SiteSeries.Paths, Start + 1, Start + TimeSpan.TicksPerDay, 10, default), Is.Null);

        Task<SitePeriod?> ScanAsync(int maxEvents) =>
            new SiteScan(storage.Store, "default", query, maxEvents).RunAsync(query.From, query.To, [query.From, query.To], default);
    }

    private Task AddAsync(SiteEvent[] events, long offset) => storage.Store.AddAsync(
        [new(new SiteEventsReceived(Site, events, new(Clocks.Noon)), new(Epoch, 0, offset))], default);

    private static SiteEvent Draw(Random random, int id)
    {
        var known = random.Next(3);

        // Often close to each other, and sometimes exactly half an hour apart.
        var at = Start + (random.Next(8) * TimeSpan.TicksPerDay) + (random.Next(6) * 30 * TimeSpan.TicksPerMinute)
            + (random.Next(3) == 0 ? random.NextInt64(TimeSpan.TicksPerHour) : 0);
        return new SiteEvent(at, random.Next(4) == 0 ? "click" : SiteEvent.PageView, $"/{random.Next(5)}", $"e{id}")
        {
            User = known == 0 ? $"u{random.Next(4)}" : null,
            Visitor = known == 1 ? random.Next(3) : null,
            IsBot = random.Next(8) == 0,
        };
    }

    /// <summary>Visitor by visitor, event by event.</summary>
    private static List<(long First, long Last, int Events)> VisitsOf(SiteEvent[] events)
    {
        var visits = new List<(long First, long Last, int Events)>();
        foreach (var visitor in events.Where(each => !each.IsBot && (each.User ?? each.Visitor?.ToString()) is not null)
            .GroupBy(each => each.User ?? $"\0{each.Visitor}"))
        {
            (long First, long Last, int Events)? visit = null;
            foreach (var at in visitor.Select(each => each.At).Order())
            {
                if (visit is { } open && at - open.Last < 30 * TimeSpan.TicksPerMinute)
                {
                    visit = (open.First, at, open.Events + 1);
                    continue;
                }

                if (visit is { } ended)
                {
                    visits.Add(ended);
                }

                visit = (at, at, 1);
            }

            visits.Add(visit!.Value);
        }

        return visits;
    }

    private static Told Expect(SiteEvent[] events, List<(long First, long Last, int Events)> visits, long from, long to)
    {
        var all = events.Where(each => each.At >= from && each.At < to).ToList();
        var people = all.Where(each => !each.IsBot).ToList();
        var begun = visits.Where(visit => visit.First >= from && visit.First < to).ToList();
        return new Told(
            people.Count, people.Count(each => each.Type == "page_view"), all.Count - people.Count,
            people.Select(each => each.User).OfType<string>().Distinct().Count(),
            people.Where(each => each.User is null).Select(each => each.Visitor).OfType<long>().Distinct().Count(),
            begun.Count, begun.Count(visit => visit.Events == 1), begun.Sum(visit => visit.Last - visit.First));
    }

    private static Told Tell(SiteTotals totals, bool withVisits) => new(
        totals.Events, totals.Views, totals.BotEvents, totals.Users.Count, totals.Anonymous.Count,
        withVisits ? totals.Visits : 0, withVisits ? totals.Bounces : 0, withVisits ? (long)totals.VisitTicks : 0);

    private static SiteStatsQuery Read(string query)
    {
        var errors = new FieldErrors();
        var context = new DefaultHttpContext { Request = { QueryString = new QueryString(query) } };
        var read = SiteStatsQuery.Read(Site, new QueryFeature(context.Features).Query, TimeZoneInfo.Utc, Clocks.Noon, errors);
        Assert.That(errors.ToDictionary(), Is.Empty, query);
        return read;
    }

    private static string Text(long at) => ShortInstant.ToString(TickTime.ToInstant(at));

    private sealed record Told(
        long Events, long Views, long Bots, long Users, long Anonymous, long Visits, long Bounces, long VisitTicks);
}
