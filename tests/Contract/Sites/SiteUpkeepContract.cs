using Contracts.Common;
using Contracts.Messaging;
using Contracts.Sites;

namespace Tests.Contract.Sites;

/// <summary>Erasure, purge, rebuild, sketches and salts, in every store.</summary>
public abstract class SiteUpkeepContract : SiteStoreSuite
{
    [Test]
    public async Task An_erased_user_is_gone_from_events_and_sums_and_earlier_messages_do_not_bring_them_back()
    {
        var model = new SiteModel();
        SiteEvent[] theirs =
        [
            View(Start, "/only-theirs", "u"), View(Start + Hour, "/a", "u"), View(Start + (3 * Day), "/a", "u") with { Type = "click" },
            View(Start, "/bot", "u") with { IsBot = true },
        ];
        SiteEvent[] others = [View(Start, "/a", "v"), View(Start + Hour, "/a") with { Visitor = VisitorHash.OfUser("w") }];
        var before = await AddAsync([.. theirs, .. others]);
        var erased = Next(new VisitorErased(Site, Stamp, "u"));
        await Store.EraseAsync([erased], default);
        Array.ForEach(others, model.Add);
        await AssertIsAsync(model);
        Assert.That(await Store.FindErasureAsync("default", Site, VisitorHash.OfUser("u"), default), Is.EqualTo(erased.Position));

        var anew = View(Start + Hour, "/again", "u");
        model.Add(anew);
        await AddAsync(anew);
        await Store.AddAsync([before], default);
        await Store.EraseAsync([erased], default);

        await AssertIsAsync(model);
        await AddAsync(theirs);
        await AssertIsAsync(model);
    }

    [Test]
    public async Task An_erased_visitor_without_a_user_is_gone_and_a_user_of_the_same_hash_is_not()
    {
        var model = new SiteModel();
        var hash = VisitorHash.OfUser("u");
        var (theirs, other) = (View(Start, "/a") with { Visitor = hash }, View(Start, "/b", "u"));
        await AddAsync(theirs, other);

        await Store.EraseAsync([Next(new VisitorErased(Site, Stamp, Visitor: hash))], default);

        model.Add(other);
        await AssertIsAsync(model);
    }

    [Test]
    public async Task An_erased_site_is_gone_with_all_of_it_and_begins_anew()
    {
        List<Received<SiteEventsReceived>> before =
        [
            .. Enumerable.Range(0, 3).Select(part => Next(Events(
                [.. Enumerable.Range(0, 700).Select(i => View(Start + (part * Day) + i, $"/{i % 7}", $"u{i % 50}", $"{part}-{i}"))]))),
        ];
        var other = Next(EventsOf("other", View(Start, user: "u", id: "0-0")));
        await Store.AddAsync([.. before, other], default);
        await Store.EraseAsync([Next(new VisitorErased(Site, Stamp, "u3"))], default);
        var erased = Next(new SiteErased(Site, Stamp));

        Assert.That(await Store.FindSiteErasureAsync("default", Site, default), Is.Null);
        await Store.EraseSitesAsync([erased], default);

        Assert.That(await Store.FindSiteErasureAsync("default", Site, default), Is.EqualTo(erased.Position));
        Assert.That(await Store.FindAsync("default", Site, default), Is.Null);
        Assert.That(await ReadAsync(), Is.Empty);
        Assert.That((await Store.FindSourcesAsync("default", [(Site, SiteEventKey.Of("0-0", out _))], default))[0], Is.Null);
        Assert.That((await Store.ListAsync("default", null, 10, default)).Items.Select(each => each.Id), Is.EqualTo(new[] { "other" }));
        await Store.AddAsync(before, default);
        Assert.That(await Store.FindAsync("default", Site, default), Is.Null, "messages that come again make no site");

        var model = new SiteModel();
        var again = View(Start + 1, user: "u3", id: "0-0");
        model.Add(again);
        await AddAsync(again);
        await Store.EraseSitesAsync([erased], default);
        await Store.AddAsync([.. before, other], default);

        await AssertIsAsync(model);
        Assert.That(await ReadAsync("other"), Has.Length.EqualTo(1));
        Assert.That((await RebuildAsync(repair: false)).Drifted, Is.Empty);
    }

    [Test]
    public async Task An_erasure_in_an_unknown_site_makes_no_site_and_keeps_out_what_came_before_all_the_same()
    {
        var died = Next(EventsOf("new", View(Start, user: "u"), View(Start, user: "v")));
        var erased = Next(new VisitorErased("new", Stamp, User: "u"));
        await Store.EraseAsync([erased], default);

        Assert.That(await Store.FindAsync("default", "new", default), Is.Null);
        Assert.That((await Store.ListAsync("default", null, 10, default)).Items, Is.Empty);
        Assert.That(
            await Store.FindErasureAsync("default", "new", VisitorHash.OfUser("u"), default), Is.EqualTo(erased.Position));

        await Store.AddAsync([Next(died.Message) with { Source = died.Position }], default);
        Assert.That((await ReadAsync("new")).Select(each => each.User), Is.EqualTo(new[] { "v" }));
        Assert.That((await Store.ListAsync("default", null, 10, default)).Items.Select(each => each.Id), Is.EqualTo(new[] { "new" }));
    }

    [Test]
    public async Task An_erasure_of_thousands_of_events_leaves_none()
    {
        for (var i = 0; i < 3; i++)
        {
            await AddAsync([.. Enumerable.Range(0, 1_000).Select(at => View(Start + at, $"/{at % 7}", "u"))]);
        }

        await Store.EraseAsync([Next(new VisitorErased(Site, Stamp, "u"))], default);

        await AssertIsAsync(new SiteModel());
        Assert.That(await Store.SumAsync("default", Site, SiteSeries.Paths, Start, Start + Day, default), Is.Empty);
        Assert.That(Storage.CountVisitors().Listed, Is.Zero);
    }

    [Test]
    public async Task A_purge_deletes_whole_days_with_their_sums_in_steps_and_keeps_the_ids_until_they_are_forgotten()
    {
        var model = new SiteModel();
        SiteEvent[] events =
            [.. Enumerable.Range(0, 60).Select(i => View(Start - Day + (i * Hour), $"/{i % 3}", $"u{i % 4}", $"p{i}"))];
        var all = Next(Events(events));
        var other = Next(EventsOf("other", View(Start - Day)));
        await Store.AddAsync([all, other], default);

        var (steps, deleted) = await PurgeAsync(Start + (30 * Minute), long.MinValue, 7);
        Assert.That((steps > 3, deleted, await Store.FindPurgedAsync(default)), Is.EqualTo((true, 25L, Start)));
        Array.ForEach([.. events.Where(each => each.At >= Start)], model.Add);
        await AssertIsAsync(model);
        Assert.That((await Store.FindAsync("default", "other", default))!.Events, Is.Zero);

        // Neither what was purged nor another event of its id is stored again.
        await Store.AddAsync([all], default);
        await AddAsync(View(Start, id: "p0"), View(Start - 1));
        await AssertIsAsync(model);

        await PurgeAsync(Start - (9 * Day), long.MinValue, 100);
        Assert.That(await Store.FindPurgedAsync(default), Is.EqualTo(Start), "It never goes back.");
        await PurgeAsync(Start, Start - Day + Hour, 100);
        var back = View(Start, id: "p0");
        await AddAsync(back, View(Start, id: "p1"));
        model.Add(back);
        await AssertIsAsync(model);
    }

    [Test]
    public async Task Sums_that_differ_from_the_events_are_found_and_put_right()
    {
        var model = new SiteModel();
        SiteEvent[] events = [.. Enumerable.Range(0, 20).Select(i => View(Start + (i * 3 * Hour), $"/{i % 3}", $"u{i % 4}"))];
        await AddAsync(events);
        await Store.AddAsync([Next(EventsOf("other", View(Start)))], default);
        Array.ForEach(events, model.Add);
        Storage.Spoil(Site);
        Storage.SpoilVisitors(Site, VisitorHash.OfUser("u1"), added: 77, Start / Day);

        var found = await RebuildAsync(repair: false);
        Assert.That(
            await CountsAsync(SiteSpan.Day, Start, Start + Day), Is.Not.EqualTo(model.Counts(Day, Start, Start + Day)),
            "It was only asked.");
        var repaired = await RebuildAsync(repair: true);

        Assert.That(found.Drifted, Has.Count.EqualTo(3).And.All.Contains(Site).And.Some.Contains("2023-01-31"));
        Assert.That((repaired.Drifted.Count, found.Checked), Is.EqualTo((3, 4)));
        await AssertIsAsync(model);
    }

    [Test]
    public async Task Visitors_alone_that_differ_from_the_events_are_found_and_put_right()
    {
        var model = new SiteModel();
        SiteEvent[] events = [View(Start, "/", "u"), View(Start, "/", "v")];
        await AddAsync(events);
        Array.ForEach(events, model.Add);
        Storage.SpoilVisitors(Site, VisitorHash.OfUser("u"), added: 77, Start / Day);

        Assert.That((await RebuildAsync(repair: true)).Drifted, Has.Count.EqualTo(1).And.All.Contains("visitors"));
        await AssertIsAsync(model);
    }

    [Test]
    public async Task A_rebuild_while_others_write_and_read_loses_nothing()
    {
        var model = new SiteModel();
        SiteEvent[] events = [.. Enumerable.Range(0, 300).Select(i => View(Start + (i * Minute), $"/{i % 5}", $"u{i % 9}"))];
        await AddAsync(events[..100]);
        Storage.Spoil(Site);
        using var stop = new CancellationTokenSource();
        var rebuilds = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await RebuildAsync(repair: true);
            }
        });
        foreach (var chunk in events[100..].Chunk(9))
        {
            await AddAsync(chunk);
            await CountsAsync(SiteSpan.Minute, Start, Start + Day);
        }

        await stop.CancelAsync();
        await rebuilds;
        await RebuildAsync(repair: true);

        Array.ForEach(events, model.Add);
        await AssertIsAsync(model);
    }

    [Test]
    public async Task A_day_with_more_visitors_than_are_counted_exactly_becomes_a_sketch_that_stays_right()
    {
        var users = Storage.MaxExact + 500;
        for (var first = 0; first < users; first += 1_000)
        {
            var from = first;
            await AddAsync([.. Enumerable.Range(first, Math.Min(1_000, users - first))
                .Select(i => View(Start + (from / 1_000 % 24 * Hour), "/", $"u{i}"))]);
        }

        var exact = await CountAsync();
        Assert.That(exact.IsExact, Is.False, "It is not counted exactly in either form.");
        var before = Storage.CountVisitors();
        await RebuildAsync(repair: false);
        var after = Storage.CountVisitors();
        await AddAsync(View(Start, "/", "u0"), View(Start, "/", "one more"));

        Assert.That((after.Sketches, before.Sketches), Is.EqualTo((1L, 0L)));
        Assert.That(after.Listed, Is.EqualTo(before.Listed - users));
        var folded = await CountAsync();
        Assert.That(folded.IsExact, Is.False);
        Assert.That(folded.Count, Is.InRange(users * 0.985, users * 1.015));
        Assert.That((await RebuildAsync(repair: false)).Drifted, Is.Empty);

        await Store.EraseAsync([Next(new VisitorErased(Site, Stamp, "u0"))], default);
        Assert.That((await RebuildAsync(repair: false)).Drifted, Is.Empty, "The sketch is that of those who are left.");

        async Task<UniqueCounter> CountAsync()
        {
            var unique = new UniqueCounter(Storage.MaxExact);
            await Store.CollectVisitorsAsync("default", Site, VisitorKind.User, SiteSpan.Day, Start, Start + Day, unique, default);
            return unique;
        }
    }

    [Test]
    public async Task A_sketch_of_few_enough_is_counted_exactly_again_once_somebody_is_erased()
    {
        var model = new SiteModel();
        SiteEvent[] events = [.. Enumerable.Range(0, 9).Select(i => View(Start + i, "/", $"u{i}"))];
        await AddAsync(events);
        Storage.Sketch(Site, Start / Day, [.. events.Select(each => VisitorHash.OfUser(each.User!))]);
        Assert.That((await RebuildAsync(repair: false)).Drifted, Is.Empty);

        await Store.EraseAsync([Next(new VisitorErased(Site, Stamp, "u3"))], default);

        Array.ForEach([.. events.Where(each => each.User != "u3")], model.Add);
        Assert.That(Storage.CountVisitors().Sketches, Is.Zero);
        await AssertIsAsync(model);
    }

    [Test]
    public async Task A_day_has_one_salt_that_is_forgotten_for_good()
    {
        var (day, first, second) = (new DateOnly(2030, 6, 1), new byte[16], new byte[16]);
        (first[0], second[0]) = (1, 2);

        Assert.That(await Storage.Salts.FindAsync(day, default), Is.Null);
        Assert.That(await Storage.Salts.EnsureAsync(day, first, default), Is.EqualTo(first));
        Assert.That(await Storage.Salts.FindAsync(day, default), Is.EqualTo(first));
        Assert.That(await Storage.Salts.EnsureAsync(day, second, default), Is.EqualTo(first));
        Assert.That(await Storage.Salts.EnsureAsync(day.AddDays(1), second, default), Is.EqualTo(second));
        await Storage.Salts.ForgetAsync(day, default);
        Assert.That(await Storage.Salts.EnsureAsync(day, second, default), Is.EqualTo(first), "Only those before it.");
        await Storage.Salts.ForgetAsync(day.AddDays(1), default);
        Assert.That(await Storage.Salts.FindAsync(day, default), Is.Null);
        Assert.That(await Storage.Salts.EnsureAsync(day, second, default), Is.EqualTo(second));
    }

    private async Task<(int Steps, long Deleted)> PurgeAsync(long before, long forgetBefore, int limit)
    {
        var (steps, deleted, after) = (0, 0L, (string?)null);
        do
        {
            var step = await Store.PurgeAsync(before, forgetBefore, after, limit, default);
            (steps, deleted, after) = (steps + 1, deleted + step.Deleted, step.Next);
        }
        while (after is not null && steps < 1_000);

        return (steps, deleted);
    }
}
