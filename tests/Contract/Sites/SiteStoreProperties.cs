using Contracts.Messaging;
using Contracts.Sites;

namespace Tests.Contract.Sites;

/// <summary>Random messages, delivered again in any batches and by several logs, against a list of events.</summary>
public abstract class SiteStoreProperties : SiteStoreSuite
{
    /// <summary>Few ids, so that events collide.</summary>
    private const int Ids = 120;

    [Test]
    public async Task Whatever_is_repeated_or_cut_differently_each_event_counts_once([Range(1, 4)] int seed)
    {
        var random = new Random(seed);
        var models = new Dictionary<string, SiteModel>();
        var log = new List<Received<SiteEventsReceived>>();
        for (var i = 0; i < 60; i++)
        {
            var site = $"s{random.Next(2)}";
            SiteEvent[] events = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Draw(random))];
            log.Add(Next(EventsOf(site, events)));
            var model = models.TryGetValue(site, out var known) ? known : models[site] = new SiteModel();
            Array.ForEach(events, model.Add);
        }

        // A consumer that starts again from an earlier offset, or from the beginning, with batches of any size.
        for (var next = 0; next < log.Count;)
        {
            next = random.Next(4) == 0 ? random.Next(next + 1) : next;
            var batch = log.Skip(next).Take(random.Next(1, 12)).ToList();
            await Store.AddAsync(batch, default);
            next += batch.Count;
        }

        await Store.AddAsync(log, default);
        foreach (var (site, model) in models)
        {
            await AssertIsAsync(model, site);
        }
    }

    [Test]
    public async Task Sums_do_not_depend_on_the_order_of_arrival([Range(1, 3)] int seed)
    {
        var (random, model) = (new Random(seed), new SiteModel());
        SiteEvent[] events = [.. Enumerable.Range(0, 200).Select(i => Draw(random) with { EventId = $"o{i}" })];
        Array.ForEach(events, model.Add);
        random.Shuffle(events);
        foreach (var chunk in events.Chunk(17))
        {
            await AddAsync(chunk);
        }

        await AssertIsAsync(model);
    }

    [Test]
    public async Task Erasures_and_events_of_one_log_come_again_from_its_beginning([Range(1, 3)] int seed)
    {
        var (random, model) = (new Random(seed), new SiteModel());
        var log = new List<Func<Task>>();
        var seen = new HashSet<string>();
        for (var i = 0; i < 40; i++)
        {
            switch (random.Next(8))
            {
                case 0:
                    var user = $"u{random.Next(6)}";
                    var erased = Next(new VisitorErased(Site, Stamp, user));
                    log.Add(() => Store.EraseAsync([erased], default));
                    model.Erase(each => each.User == user);
                    break;
                case 1:
                    var visitor = (long)random.Next(3);
                    var forgotten = Next(new VisitorErased(Site, Stamp, Visitor: visitor));
                    log.Add(() => Store.EraseAsync([forgotten], default));
                    model.Erase(each => each.User is null && each.Visitor == visitor);
                    break;
                default:
                    SiteEvent[] events = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Draw(random))];
                    var received = Next(Events(events));
                    log.Add(() => Store.AddAsync([received], default));

                    // The id of an erased event stays taken.
                    Array.ForEach([.. events.Where(each => seen.Add(each.EventId))], model.Add);
                    break;
            }
        }

        foreach (var message in log)
        {
            await message();
        }

        await AssertIsAsync(model);
        foreach (var message in log.Concat(log))
        {
            await message();
        }

        await AssertIsAsync(model);
    }

    private static SiteEvent Draw(Random random)
    {
        var known = random.Next(3);
        return new SiteEvent(
            Start - Day + random.NextInt64(3 * Day), random.Next(4) == 0 ? "click" : SiteEvent.PageView, $"/{random.Next(5)}",
            $"e{random.Next(Ids)}")
        {
            User = known == 0 ? $"u{random.Next(6)}" : null,
            Visitor = known == 1 ? random.Next(3) : null,
            IsBot = random.Next(6) == 0,
        };
    }
}
