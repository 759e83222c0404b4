using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Sites;
using Tests.Support;

namespace Tests.Contract.Sites;

/// <summary>A fresh store for every test, and short words for common steps.</summary>
public abstract class SiteStoreSuite
{
    protected const string Site = "example.org";
    protected const long Day = TimeSpan.TicksPerDay;
    protected const long Hour = TimeSpan.TicksPerHour;
    protected const long Minute = TimeSpan.TicksPerMinute;
    protected static readonly Guid Epoch = Guid.Parse("0b0b6d8e-3d9a-4d5f-8f8a-1f3b5c7d9e11");
    protected static readonly EventStamp Stamp = new(Clocks.Noon, "203.0.113.0");

    /// <summary>The beginning of a day, the last one of a month.</summary>
    protected static readonly long Start = SiteModel.Ticks("2023-01-31T00:00:00Z");

    private ISiteStorage? storage;
    private long offset;
    private int ids;

    protected ISiteStorage Storage => storage!;

    protected ISiteStore Store => Storage.Store;

    [SetUp]
    public void Open()
    {
        (offset, ids) = (0, 0);
        storage = CreateStorage();
    }

    [TearDown]
    public void Close()
    {
        storage?.Dispose();
        storage = null;
    }

    protected abstract ISiteStorage CreateStorage();

    /// <summary>A message at the next offset of the log.</summary>
    protected Received<T> Next<T>(T message, string tenant = "default") =>
        new(message, new LogPosition(Epoch, 0, offset++)) { Tenant = tenant };

    protected static Received<T> At<T>(T message, long at, Guid? epoch = null, int partition = 0) =>
        new(message, new LogPosition(epoch ?? Epoch, partition, at));

    /// <summary>A view with an id that no other has, unless it is given one.</summary>
    protected SiteEvent View(long at, string path = "/", string? user = null, string? id = null) =>
        new(at, SiteEvent.PageView, path, id ?? $"e{ids++}") { User = user };

    protected static SiteEventsReceived Events(params SiteEvent[] events) => EventsOf(Site, events);

    protected static SiteEventsReceived EventsOf(string site, params SiteEvent[] events) => new(site, events, Stamp);

    protected async Task<Received<SiteEventsReceived>> AddAsync(params SiteEvent[] events)
    {
        var received = Next(Events(events));
        await Store.AddAsync([received], default);
        return received;
    }

    protected async Task<SiteEvent[]> ReadAsync(string site = Site, string tenant = "default") =>
        [.. (await Store.ReadAsync(tenant, site, new SiteEventRange(long.MinValue, long.MaxValue, 100_000), default))
            .Select(each => each.Event)];

    protected Task<IReadOnlyList<SiteCounts>> CountsAsync(SiteSpan span, long from, long to, string site = Site) =>
        Store.ReadCountsAsync("default", site, span, from, to, default);

    protected async Task<long> VisitorsAsync(VisitorKind kind, SiteSpan span, long from, long to, string site = Site)
    {
        var unique = new UniqueCounter();
        await Store.CollectVisitorsAsync("default", site, kind, span, from, to, unique, default);
        return unique.Count;
    }

    protected async Task<DriftReport> RebuildAsync(bool repair)
    {
        var (compared, drifted, after) = (0, new List<string>(), (string?)null);
        do
        {
            var report = await Store.RebuildAsync(after, 3, repair, default);
            compared += report.Checked;
            drifted.AddRange(report.Drifted);
            after = report.Next;
        }
        while (after is not null);

        return new DriftReport(compared, drifted, null);
    }

    /// <summary>Everything that the store says of a site is what a model says, and its sums are those of its events.</summary>
    internal async Task AssertIsAsync(SiteModel model, string site = Site)
    {
        var (from, to) = (Start - (3 * Day), Start + (5 * Day));
        Assert.That((await ReadAsync(site)).Select(each => each.EventId), Is.EquivalentTo(model.Events.Select(each => each.EventId)));
        Assert.That(await CountsAsync(SiteSpan.Minute, from, to, site), Is.EqualTo(model.Counts(Minute, from, to)));
        Assert.That(await CountsAsync(SiteSpan.Day, from, to, site), Is.EqualTo(model.Counts(Day, from, to)));
        foreach (var (a, b) in new[] { (from, to), (Start, Start + Day), (Start - Day, Start + (2 * Day)) })
        {
            Assert.That(await Store.SumAsync("default", site, SiteSeries.Paths, a, b, default), Is.EquivalentTo(model.Paths(a, b)));
            Assert.That(await Store.SumAsync("default", site, SiteSeries.Types, a, b, default), Is.EquivalentTo(model.Types(a, b)));
            foreach (var kind in Enum.GetValues<VisitorKind>())
            {
                Assert.That(await VisitorsAsync(kind, SiteSpan.Day, a, b, site), Is.EqualTo(model.Visitors(kind, a, b)), $"{kind} by day");
                var (c, d) = (a + (5 * Hour), b - (7 * Hour));
                Assert.That(
                    await VisitorsAsync(kind, SiteSpan.Hour, c, d, site), Is.EqualTo(model.Visitors(kind, c, d)), $"{kind} by hour");
            }
        }

        Assert.That((await Store.FindAsync("default", site, default))?.Events ?? 0, Is.EqualTo(model.Events.Count()));
        Assert.That((await RebuildAsync(repair: false)).Drifted, Is.Empty);
    }
}
