using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Sites;
using Tests.Support;

namespace Tests.Contract.Sites;

/// <summary>What sites must be like in every store.</summary>
public abstract class SiteStoreContract : SiteStoreSuite
{
    [Test]
    public async Task AddAsync_stores_events_in_time_order_with_all_that_they_say()
    {
        var whole = new SiteEvent(Start + 5, "purchase", "/products/123", "0190e3a4-5b6c-7d8e-9f00-112233445566")
        {
            User = "user-5",
            Referrer = "https://search.example/",
            Utm = new UtmTags("newsletter", "email", "spring", "shoes", "header"),
            Properties = new Dictionary<string, string> { ["plan"] = "pro", ["größe"] = "\u0001F600" },
            Address = "198.51.100.0",
        };
        var plain = new SiteEvent(Start - 1, SiteEvent.PageView, "/", "own id") { Visitor = -5, IsBot = true };
        await AddAsync(whole, plain);

        var read = await Store.ReadAsync(
            "default", Site, new SiteEventRange(long.MinValue, long.MaxValue, 10) { WithArrival = true }, default);

        Assert.That(read, Has.Count.EqualTo(2));
        Assert.That(read[0].Event, Is.EqualTo(plain));
        Assert.That(read[1].Event with { Properties = null }, Is.EqualTo(whole with { Properties = null }));
        Assert.That(read[1].Event.Properties, Is.EquivalentTo(whole.Properties));
        Assert.That(read.Select(each => (each.ReceivedAt, each.Address)), Is.All.EqualTo(((DateTimeOffset?)Clocks.Noon, "203.0.113.0")));
    }

    [Test]
    public async Task ReadAsync_goes_on_after_any_event_also_among_those_of_one_instant()
    {
        var model = new SiteModel();
        SiteEvent[] events = [.. Enumerable.Range(0, 40).Select(i => View(Start + (i / 8)))];
        await AddAsync(events);
        var read = new List<string>();
        SiteEventCursor? after = null;
        while (true)
        {
            var page = await Store.ReadAsync(
                "default", Site, new SiteEventRange(Start, Start + 4, 7) { After = after }, default);
            read.AddRange(page.Select(each => each.Event.EventId));
            if (page.Count < 7)
            {
                break;
            }

            after = page[^1].Cursor;
        }

        Assert.That(read, Is.EquivalentTo(events.Take(32).Select(each => each.EventId)).And.Unique);
        Assert.That(model.Events, Is.Empty);
    }

    [Test]
    public async Task An_unknown_site_is_not_there_and_has_nothing()
    {
        await AddAsync(View(Start));

        Assert.That(await Store.FindAsync("default", "other", default), Is.Null);
        Assert.That(await Store.FindAsync("nobody", Site, default), Is.Null);
        Assert.That(await ReadAsync("other"), Is.Empty);
        Assert.That(await CountsAsync(SiteSpan.Day, Start, Start + Day, "other"), Is.Empty);
        Assert.That(await Store.SumAsync("nobody", Site, SiteSeries.Paths, Start, Start + Day, default), Is.Empty);
        Assert.That(await VisitorsAsync(VisitorKind.User, SiteSpan.Day, Start, Start + Day, "other"), Is.Zero);
        Assert.That(await Store.FindErasureAsync("default", "other", 1, default), Is.Null);
    }

    [Test]
    public async Task The_first_event_of_an_id_wins_and_others_change_nothing()
    {
        var model = new SiteModel();
        var first = View(Start, "/a", "u", "x");
        var received = await AddAsync(first);
        model.Add(first);

        var second = await AddAsync(View(Start + Day, "/b", "v", "x"), View(Start, "/c", "w", "y"), View(Start + 1, "/d", "w", "y"));
        model.Add(View(Start, "/c", "w", "y"));

        await AssertIsAsync(model);
        Assert.That(
            await FindSourcesAsync((Site, "x"), (Site, "y"), (Site, "z"), ("other", "x")),
            Is.EqualTo(new EventSource?[] { new EventSource(received.Position, 0), new EventSource(second.Position, 1), null, null }));
    }

    [Test]
    public async Task Ids_belong_to_their_site_and_tenant()
    {
        await Store.AddAsync([Next(Events(View(Start, id: "x"))), Next(EventsOf("other", View(Start, id: "x")))], default);
        await Store.AddAsync([Next(Events(View(Start, id: "x")), "second")], default);

        Assert.That((await ReadAsync()).Length, Is.EqualTo(1));
        Assert.That((await ReadAsync("other")).Length, Is.EqualTo(1));
        Assert.That((await ReadAsync(Site, "second")).Length, Is.EqualTo(1));
        var page = await Store.ListAsync("default", null, 1, default);
        Assert.That((page.Items.Single().Id, page.Next), Is.EqualTo((Site, Site)));
        page = await Store.ListAsync("default", page.Next, 1, default);
        Assert.That((page.Items.Single().Id, page.Next, page.Items[0].LastSeenAt), Is.EqualTo(("other", (string?)null, Clocks.Noon)));
    }

    [Test]
    public async Task Views_are_page_views_of_people_and_bots_are_counted_apart()
    {
        await AddAsync(
            View(Start, "/a", "u"), View(Start, "/a", "u"), View(Start + Minute, "/b"),
            View(Start, "/a") with { Type = "click", User = "v" }, View(Start, "/bot") with { IsBot = true, User = "u" });

        Assert.That(await CountsAsync(SiteSpan.Minute, Start, Start + Hour),
            Is.EqualTo(new[] { new SiteCounts(Start, 3, 2, 1), new SiteCounts(Start + Minute, 1, 1, 0) }));
        Assert.That(await Store.SumAsync("default", Site, SiteSeries.Paths, Start, Start + Day, default),
            Is.EquivalentTo(new Dictionary<string, long> { ["/a"] = 2, ["/b"] = 1 }));
        Assert.That(await Store.SumAsync("default", Site, SiteSeries.Types, Start, Start + Day, default),
            Is.EquivalentTo(new Dictionary<string, long> { ["page_view"] = 3, ["click"] = 1 }));
        Assert.That(
            (await VisitorsAsync(VisitorKind.User, SiteSpan.Day, Start, Start + Day),
                await VisitorsAsync(VisitorKind.Anonymous, SiteSpan.Day, Start, Start + Day),
                await VisitorsAsync(VisitorKind.Bot, SiteSpan.Hour, Start, Start + Hour)),
            Is.EqualTo((2L, 0L, 1L)));
    }

    [Test]
    public async Task The_extremes_of_instants_and_lengths_are_kept()
    {
        var (min, max) = (-621_355_968_000_000_000L, 2_534_023_007_999_999_999L);
        var path = "/" + new string('ä', SiteLimits.MaxPath - 1);
        await AddAsync(View(min, path, new string('u', 255)), View(max, "/") with { Type = new string('t', 100) }, View(-1));

        Assert.That((await ReadAsync()).Select(each => each.At), Is.EqualTo(new[] { min, -1, max }));
        Assert.That(
            (await CountsAsync(SiteSpan.Day, min, SiteModel.Floor(max, Day))).Select(each => each.At), Is.EqualTo(new[] { min, -Day }));
        Assert.That((await CountsAsync(SiteSpan.Minute, -Hour, 0)).Select(each => each.At), Is.EqualTo(new[] { -Minute }));
        Assert.That((await Store.SumAsync("default", Site, SiteSeries.Paths, min, min + Day, default)).Keys, Is.EqualTo(new[] { path }));
        Assert.That((await RebuildAsync(repair: false)).Drifted, Is.Empty);
    }

    [Test]
    public async Task A_recreated_topic_begins_at_offset_zero_and_its_events_count()
    {
        var model = new SiteModel();
        SiteEvent[] events = [View(Start, "/a", "u"), View(Start, "/b", "v"), View(Start + Hour, "/a", "u"), View(Start + Day, "/c")];
        await AddAsync(events[0], events[1]);
        var recreated = Guid.NewGuid();

        await Store.AddAsync([At(Events(events[0], events[2]), 0, recreated)], default);
        await Store.AddAsync([At(Events(events[0], events[2]), 0, recreated), At(Events(events[3]), 1, recreated)], default);

        Array.ForEach(events, model.Add);
        await AssertIsAsync(model);
    }

    [Test]
    public async Task A_replayed_dead_letter_counts_once_under_its_first_position()
    {
        var model = new SiteModel();
        var died = Next(Events(View(Start, "/late", "u")));
        var other = View(Start, "/a", "v");
        await AddAsync(other);

        await Store.AddAsync([Next(died.Message) with { Source = died.Position }], default);
        await Store.AddAsync([Next(died.Message) with { Source = died.Position }], default);

        model.Add(other);
        model.Add(died.Message.Events[0]);
        await AssertIsAsync(model);
        Assert.That((await FindSourcesAsync((Site, died.Message.Events[0].EventId)))[0],
            Is.EqualTo(new EventSource(died.Position, 0)));
    }

    [Test]
    public void What_can_never_be_stored_is_rejected()
    {
        var good = View(Start);
        Assert.Multiple(() =>
        {
            foreach (var message in new[]
            {
                EventsOf(string.Empty, good), Events(good with { Type = string.Empty }),
                Events(good with { Path = new string('x', 2_049) }),
                Events(good with { EventId = string.Empty }), Events(good with { At = long.MaxValue }),
                Events([.. Enumerable.Repeat(good, 1_001)]),
            })
            {
                Assert.That(() => Store.AddAsync([Next(message)], default), Throws.InstanceOf<MessageRejectedException>());
            }

            Assert.That(() => Store.AddAsync([new Received<SiteEventsReceived>(Events(good), LogPosition.None)], default),
                Throws.InstanceOf<MessageRejectedException>());
            Assert.That(() => Store.EraseAsync([Next(new VisitorErased(Site, Stamp))], default),
                Throws.InstanceOf<MessageRejectedException>());
        });
    }

    private Task<IReadOnlyList<EventSource?>> FindSourcesAsync(params (string Site, string EventId)[] events) => Store.FindSourcesAsync(
        "default", [.. events.Select(each => (each.Site, SiteEventKey.Of(each.EventId, out _)))], default);

    [Test]
    public async Task Everything_is_there_after_a_restart()
    {
        var model = new SiteModel();
        SiteEvent[] events = [View(Start, "/a", "u"), View(Start + Day, "/b", "v")];
        var received = await AddAsync(events);
        Array.ForEach(events, model.Add);

        Storage.Reopen();
        await Store.AddAsync([received], default);

        await AssertIsAsync(model);
    }
}
