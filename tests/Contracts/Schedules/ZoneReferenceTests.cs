using Contracts.Schedules;
using NodaTime;
using Tests.Support;

namespace Tests.Contracts.Schedules;

/// <summary>
/// All zones of the embedded database from 1970 to 2100 against the machine's zone files: changes of clocks, and the runs around them.
/// </summary>
public sealed class ZoneReferenceTests
{
    private static readonly DateTime First = new(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Last = new(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly List<(string Name, List<(DateTime Start, DateTime End, TimeSpan Offset)> Stretches)> same = [];
    private readonly List<string> different = [];

    [OneTimeSetUp]
    public void Read()
    {
        if (ZoneFile.Version is null)
        {
            Tools.Missing("The zone database (tzdata)");
        }

        foreach (var name in ScheduleZones.Embedded.Names.Order(StringComparer.Ordinal))
        {
            if (ZoneFile.Find(name)?.Stretches(First, Last) is not { } stretches)
            {
                continue;
            }

            var ours = Ours(ScheduleZones.Embedded.Find(name)!);
            if (ours.SequenceEqual(stretches))
            {
                same.Add((name, stretches));
            }
            else
            {
                var at = ours.Zip(stretches).TakeWhile(pair => pair.First == pair.Second).Count();
                different.Add($"{name}: {ours.ElementAtOrDefault(at)} here, {stretches.ElementAtOrDefault(at)} there");
            }
        }
    }

    [Test]
    public void Clocks_change_as_the_machines_zone_files_say()
    {
        TestContext.Out.WriteLine($"{ScheduleZones.Embedded.Version} here, {ZoneFile.Version} there\n{string.Join("\n", different)}");

        // Another version has other rules for a few zones.
        Assert.That(different, ScheduleZones.Embedded.Version == ZoneFile.Version
            ? Is.Empty : Has.Count.LessThan((same.Count + different.Count) / 10));
        Assert.That(same, Has.Count.GreaterThan(400));
    }

    [Test]
    public void Runs_around_changes_of_clocks_are_where_they_should_be()
    {
        var random = new Random(ScheduleRounds.Seed);
        var checkedChanges = 0;
        foreach (var (name, stretches) in same)
        {
            var reference = new ReferenceZone(stretches);
            var changes = Enumerable.Range(0, stretches.Count > 1 ? ScheduleRounds.Of(4) : 0).Select(_ => random.Next(1, stretches.Count));
            foreach (var change in changes.Distinct())
            {
                var at = stretches[change].Start;
                var (gap, fold) = ((GapRule)random.Next(2), (FoldRule)random.Next(2));
                var minute = random.Next(60);
                string[] crons = [$"{minute} * * * *", $"{minute},{random.Next(60)} */2 * * *", $"{minute} 0-4,22-23 * * *"];
                var cron = crons[random.Next(crons.Length)];
                var (from, to) = (at.AddHours(-30).AddSeconds(-random.Next(86_400)), at.AddHours(50));
                var nominal = References.Cronos([cron], from.AddDays(-2), to.AddDays(2));
                var expected = reference.Instants(nominal, gap, fold).Where(run => run > from && run <= to).ToList();

                var times = AWhen.Times(new ScheduleWhen { Cron = cron, Zone = name, Gap = gap, Fold = fold });
                Assert.That(
                    Runs(times, from, to), Is.EqualTo(expected),
                    $"{cron} in {name} around {at:s}, {gap}, {fold} (TEST_SEED={ScheduleRounds.Seed})");
                checkedChanges++;
            }
        }

        Assert.That(checkedChanges, Is.GreaterThan(500));
    }

    /// <summary>One after the other, each from the one before, as a schedule runs.</summary>
    private static List<DateTime> Runs(ScheduleTimes times, DateTime from, DateTime to)
    {
        var runs = new List<DateTime>();
        var (at, end) = (new DateTimeOffset(from, TimeSpan.Zero), new DateTimeOffset(to, TimeSpan.Zero));
        for (; times.Next(at, 1).Runs is [var run] && run.Step.At <= end; at = run.Step.At)
        {
            runs.Add(run.Step.At.UtcDateTime);
        }

        return runs;
    }

    private static List<(DateTime Start, DateTime End, TimeSpan Offset)> Ours(DateTimeZone zone) =>
    [
        .. zone.GetZoneIntervals(
                Instant.FromDateTimeUtc(First), Instant.FromDateTimeUtc(Last))
            .Select(each => (Start: each.HasStart ? each.Start.ToDateTimeUtc() : First, End: each.HasEnd ? each.End.ToDateTimeUtc() : Last,
                Offset: each.WallOffset.ToTimeSpan()))
            .Select(each => (each.Start < First ? First : each.Start, each.End > Last ? Last : each.End, each.Offset))
            .Aggregate(new List<(DateTime Start, DateTime End, TimeSpan Offset)>(), (all, each) =>
            {
                // Its name may change where the offset does not.
                if (all.Count > 0 && all[^1].Offset == each.Offset)
                {
                    all[^1] = (all[^1].Start, each.Item2, each.Offset);
                }
                else
                {
                    all.Add((each.Item1, each.Item2, each.Offset));
                }

                return all;
            }),
    ];
}
