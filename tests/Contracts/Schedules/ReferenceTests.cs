using Contracts.Schedules;
using Tests.Support;

namespace Tests.Contracts.Schedules;

/// <summary>Random expressions against the libraries that they come from: Cronos, Quartz and Ical.Net.</summary>
public sealed class ReferenceTests
{
    private const int Compared = 60;

    [Test]
    public void Crontabs_dialect_is_as_Cronos_reads_it() => Compare(ScheduleRounds.Of(400), (random, start) =>
    {
        var (cron, cronos) = new RandomSchedules(random).Vixie();
        return (cron, AWhen.Faults(new ScheduleWhen { Cron = cron }),
            () => AWhen.Cron(cron, CronDialect.Vixie).From(start), end => References.Cronos(cronos, start, end));
    });

    [Test]
    public void Quartzs_dialect_is_as_Quartz_reads_it() => Compare(ScheduleRounds.Of(400), (random, start) =>
    {
        var cron = new RandomSchedules(random).Quartz();
        return (cron, AWhen.Faults(new ScheduleWhen { Cron = cron, Dialect = CronDialect.Quartz }),
            () => AWhen.Cron(cron, CronDialect.Quartz).From(start), end => References.Quartz(cron, start, end));
    });

    [Test]
    public void Rules_are_as_Ical_Net_reads_them() => Compare(ScheduleRounds.Of(400), (random, start) =>
    {
        var rule = new RandomSchedules(random).Rule();
        return (rule, AWhen.Faults(new ScheduleWhen { Rrule = rule, Anchor = $"{start:s}" }),
            () => AWhen.Rule(rule, start).From(start), end => References.Ical(rule, start, end));
    });

    /// <summary>What runs in the repeated hour where a schedule does not say it. In a gap those two run at its end.</summary>
    [Test]
    public void Repeated_hours_are_by_default_as_Cronos_and_Quartz_have_them()
    {
        const string Zone = "Europe/Berlin";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out var zone))
        {
            Tools.Missing("The zone database (tzdata)");
            return;
        }

        var random = new Random(ScheduleRounds.Seed);
        var from = new DateTimeOffset(2026, 10, 24, 20, 0, 0, TimeSpan.Zero);
        var to = from.AddHours(12);
        var several = 0;
        for (var index = 0; index < ScheduleRounds.Of(300); index++)
        {
            var cron = $"0 {new RandomSchedules(random).Times()} * * ?";
            var cronos = global::Cronos.CronExpression.Parse(cron, global::Cronos.CronFormat.IncludeSeconds);
            var expected = cronos.GetOccurrences(from, to, zone!, fromInclusive: false).Select(at => at.UtcDateTime).ToList();
            var quartz = new global::Quartz.CronExpression(cron, zone!);
            var theirs = new List<DateTime>();
            for (var at = quartz.GetNextValidTimeAfter(from); at < to; at = quartz.GetNextValidTimeAfter(at.Value))
            {
                theirs.Add(at.Value.UtcDateTime);
            }

            var when = new ScheduleWhen { Cron = cron, Dialect = CronDialect.Quartz, Zone = Zone, EndAt = $"{to.AddMilliseconds(-1):O}" };
            var ours = AWhen.Times(when).Next(from, 100_000).Runs.Select(run => run.Step.At.UtcDateTime).ToList();
            Assert.That(ours, Is.EqualTo(expected), $"Cronos: {cron} (TEST_SEED={ScheduleRounds.Seed}, {index})");
            Assert.That(ours, Is.EqualTo(theirs), $"Quartz: {cron} (TEST_SEED={ScheduleRounds.Seed}, {index})");
            several += ours.Count > 1 ? 1 : 0;
        }

        Assert.That(several, Is.GreaterThan(50));
    }

    private static void Compare(
        int count,
        Func<Random, DateTime, (string, List<string>, Func<IEnumerable<DateTime>>, Func<DateTime, IEnumerable<DateTime>>)> make)
    {
        var random = new Random(ScheduleRounds.Seed);
        var compared = 0;
        for (var index = 0; index < count; index++)
        {
            var start = new DateTime(2024, 1, 1).AddSeconds(random.Next(4 * 365 * 86_400));
            start = start.AddSeconds(-start.Second);
            var (text, faults, ours, theirs) = make(random, start);
            if (faults.Count > 0)
            {
                // What can never fire: then it does not there, either.
                Assert.That(faults, Has.All.Contains("never fires"), text);
                Assert.That(theirs(start.AddYears(8)), Is.Empty, text);
                continue;
            }

            var found = ours().Take(Compared).TakeWhile(time => time < start.AddYears(8)).ToList();
            var end = found.Count == Compared ? found[^1].AddSeconds(1) : start.AddYears(8);
            Assert.That(found, Is.EqualTo(theirs(end).ToList()), $"{text} from {start:s} (TEST_SEED={ScheduleRounds.Seed}, {index})");
            compared++;
        }

        Assert.That(compared, Is.GreaterThan(count / 2), "most can fire");
    }
}
