using Contracts.Schedules;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Contracts.Schedules;

/// <summary>
/// A year of schedules over all features of the dialects and over zones with unusual rules, under a clock that is turned by hand: each
/// fires when the references say, whatever restarts in between.
/// </summary>
public sealed class ScheduleYearTests
{
    private static readonly (string Zone, int Year)[] Places =
    [
        ("Australia/Lord_Howe", 2025), ("Pacific/Chatham", 2025), ("Pacific/Apia", 2011), ("Africa/Casablanca", 2025),
        ("Antarctica/Troll", 2025), ("Europe/Berlin", 2026), ("America/St_Johns", 2010), ("America/Caracas", 2016),
        ("Asia/Pyongyang", 2018),
        ("Europe/Dublin", 2024), ("America/Nuuk", 2023), ("Asia/Kathmandu", 2025),
    ];

    /// <summary>How many in the suite; a year of each has some 2,000 runs.</summary>
    private const int Schedules = 96;

    /// <summary>Timers of .NET wait for up to 49 days.</summary>
    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(40);

    private readonly Dictionary<string, ReferenceZone> zones = [];

    [Test]
    public void Every_schedule_fires_as_its_references_say()
    {
        if (ZoneFile.Version is null)
        {
            Tools.Missing("The zone database (tzdata)");
        }

        var random = new Random(ScheduleRounds.Seed);
        var fired = 0;
        for (var index = 0; index < ScheduleRounds.Of(Schedules); index++)
        {
            var (zone, year) = Places[index % Places.Length];
            var (from, to) = (new DateTime(year, 1, 1), new DateTime(year + 1, 1, 1));
            if (!zones.TryGetValue(zone, out var reference))
            {
                zones[zone] = reference = new ReferenceZone(ZoneFile.Find(zone)!.Stretches(from.AddDays(-10), to.AddDays(10)));
            }

            var (when, nominal) = Make(random, from, to);
            var (gap, fold) = ((GapRule)random.Next(2), (FoldRule)random.Next(2));
            when = when with { Zone = zone, Gap = gap, Fold = fold };
            var clock = new FakeTimeProvider(new DateTimeOffset(from, TimeSpan.Zero));
            if (AWhen.Faults(when) is { Count: > 0 } faults)
            {
                Assert.That(faults, Has.All.Contains("never fires"), $"{when}");
                Assert.That(nominal, Is.Empty, $"{when}");
                continue;
            }

            var expected = reference.Instants(nominal, gap, fold).Where(at => at > from && at < to).ToList();
            var runs = Run(when, clock, new DateTimeOffset(to, TimeSpan.Zero), random);
            Assert.That(runs, Is.EqualTo(expected), $"{when} (TEST_SEED={ScheduleRounds.Seed}, {index})");
            fired += runs.Count;
        }

        Assert.That(fired, Is.GreaterThan(10_000));
    }

    /// <summary>
    /// Waits for each run and derives the next one from it, as late as it may be: now and then the process begins anew, or pauses over
    /// several runs, which it then makes up for one by one.
    /// </summary>
    private static List<DateTime> Run(ScheduleWhen when, FakeTimeProvider clock, DateTimeOffset end, Random random)
    {
        var (runs, scheduled, created) = (new List<DateTime>(), clock.GetUtcNow(), $"{clock.GetUtcNow():O}");
        var times = AWhen.Times(when, created);
        while (times.Next(scheduled, 1).Runs is [var run] && run.Step.At < end)
        {
            scheduled = run.Step.At;
            if (scheduled - clock.GetUtcNow() is var wait && wait > MaxTimer)
            {
                clock.Advance(wait - MaxTimer);
            }

            if (scheduled > clock.GetUtcNow())
            {
                using var due = new ManualResetEventSlim();
                using var timer = clock.CreateTimer(_ => due.Set(), null, scheduled - clock.GetUtcNow(), Timeout.InfiniteTimeSpan);
                clock.Advance(scheduled - clock.GetUtcNow() - TimeSpan.FromTicks(1));
                Assert.That(due.IsSet, Is.False, "not early");
                clock.Advance(TimeSpan.FromTicks(1));
                Assert.That(due.IsSet, Is.True);
            }

            runs.Add(scheduled.UtcDateTime);
            if (random.Next(50) == 0)
            {
                clock.Advance(TimeSpan.FromMinutes(random.Next(5_000)));
                times = AWhen.Times(when, created);
            }
        }

        return runs;
    }

    private static (ScheduleWhen When, List<DateTime> Nominal) Make(Random random, DateTime from, DateTime to)
    {
        // The zone may be ahead or behind by a day, and a rule of its own begins before the year.
        var (first, last) = (from.AddDays(-3), to.AddDays(3));
        var schedules = new RandomSchedules(random);
        switch (random.Next(3))
        {
            case 0:
                var (cron, cronos) = schedules.Vixie();
                return (new ScheduleWhen { Cron = cron }, [.. References.Cronos(cronos, first, last)]);
            case 1:
                var quartz = schedules.Quartz();
                return (new ScheduleWhen { Cron = quartz, Dialect = CronDialect.Quartz }, [.. References.Quartz(quartz, first, last)]);
            default:
                var (rule, anchor) = (schedules.Rule(), first.AddMinutes(-random.Next(500_000)));
                return (new ScheduleWhen { Rrule = rule, Anchor = $"{anchor:s}" }, [.. References.Ical(rule, anchor, last)]);
        }
    }
}
