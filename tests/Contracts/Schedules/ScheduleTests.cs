using Contracts.Schedules;

namespace Tests.Contracts.Schedules;

/// <summary>What bounds a schedule, what it leaves out, and what it spreads.</summary>
public sealed class ScheduleTests
{
    private static readonly CalendarDates None = CalendarDates.None;

    private static readonly ScheduleWhen Daily = new() { Cron = "0 8 * * *", Zone = "Europe/Berlin" };

    [Test]
    public void Start_and_end_are_instants_or_local_times_and_both_may_have_a_run()
    {
        var when = Daily with { StartAt = "2026-07-01T08:00", EndAt = "2026-07-03T06:00:00Z" };
        var runs = AWhen.Times(when).Next(AWhen.At("2026-01-01T00:00:00Z"), 10);

        Assert.That(runs.Runs.Select(run => run.Step.Local.Day), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(runs.End, Is.EqualTo(ScheduleEnd.EndAt));
    }

    [Test]
    public void The_maximum_number_of_runs_counts_those_before()
    {
        var times = AWhen.Times(Daily with { MaxRuns = 5 });

        Assert.That(times.Next(AWhen.At("2026-01-01T00:00:00Z"), 10, runsBefore: 3).Runs, Has.Count.EqualTo(2));
        Assert.That(times.Next(AWhen.At("2026-01-01T00:00:00Z"), 10, runsBefore: 3).End, Is.EqualTo(ScheduleEnd.MaxRuns));
        Assert.That(times.Next(AWhen.At("2026-01-01T00:00:00Z"), 10, runsBefore: 5).Runs, Is.Empty);
    }

    [TestCase("PT90M", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00", "2026-01-01T01:30:00+00:00", "2026-01-01T03:00:00+00:00")]
    [TestCase("P1M", "2026-01-31T12:00", "2026-01-31T12:00:00+00:00", "2026-02-28T12:00:00+00:00", "2026-03-31T12:00:00+00:00",
        "2026-04-30T12:00:00+00:00", "2026-05-31T12:00:00+00:00")]
    [TestCase("P1Y", "2024-02-29T12:00", "2026-02-28T12:00:00+00:00", "2027-02-28T12:00:00+00:00", "2028-02-29T12:00:00+00:00")]
    [TestCase("P2W", "2025-12-30T12:00", "2026-01-13T12:00:00+00:00", "2026-01-27T12:00:00+00:00")]
    [TestCase("P1M15D", "2026-01-01T12:00", "2026-01-01T12:00:00+00:00", "2026-02-16T12:00:00+00:00", "2026-03-31T12:00:00+00:00")]
    [TestCase("PT1.5S", "2025-12-31T23:59:59Z", "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:02+00:00")]
    public void Durations(string every, string anchor, params string[] expected) => Assert.That(
        AWhen.Runs(new ScheduleWhen { Every = every, Anchor = anchor }, "2025-12-31T23:59:59.5Z", expected.Length), Is.EqualTo(expected));

    [Test]
    public void A_duration_without_an_anchor_begins_at_its_start_or_a_step_after_its_creation()
    {
        var every = new ScheduleWhen { Every = "PT1H" };

        Assert.That(AWhen.Runs(every, "2026-01-01T00:10:00Z", 1), Is.EqualTo(new[] { "2026-01-01T01:10:00+00:00" }));
        Assert.That(AWhen.Runs(every with { StartAt = "2026-02-01T00:20:00Z" }, "2026-01-01T00:10:00Z", 1),
            Is.EqualTo(new[] { "2026-02-01T00:20:00+00:00" }));

        var created = AWhen.At("2026-01-01T00:10:00.0001Z");
        Assert.That(AWhen.Times(every, $"{created:O}").Next(created.AddHours(1), 1).Runs[0].Step.At,
            Is.EqualTo(AWhen.At("2026-01-01T01:10:00.001Z")), "in whole milliseconds, rounded up");
    }

    [Test]
    public void The_end_of_the_calendar_ends_durations()
    {
        foreach (var every in new[] { "P1M", "P1D", "P1M30D", "P99Y", "PT8760H" })
        {
            var when = new ScheduleWhen { Every = every, Anchor = "9990-01-31T00:00" };
            var runs = AWhen.Times(when).Next(AWhen.At("2026-01-01T00:00:00Z"), 9_999);
            Assert.That(runs.End, Is.EqualTo(ScheduleEnd.Exhausted), every);
            Assert.That(runs.Runs[^1].Step.At.Year, Is.InRange(9990, 9998), every);
        }
    }

    [Test]
    public void Times_one_by_one_are_sorted_and_each_runs_once()
    {
        var when = new ScheduleWhen
        {
            At = ["2026-07-01T10:00", "2026-01-05T08:00:00Z", "2026-07-01T08:00:00Z", "2026-10-25T02:30"],
            Zone = "Europe/Berlin",
        };
        var runs = AWhen.Times(when).Next(AWhen.At("2026-01-01T00:00:00Z"), 10);

        Assert.That(runs.Runs.Select(run => AWhen.Local(run.Step)), Is.EqualTo(new[]
        {
            "2026-01-05T09:00:00+01:00", "2026-07-01T10:00:00+02:00", "2026-10-25T02:30:00+02:00",
        }));
        Assert.That(runs.End, Is.EqualTo(ScheduleEnd.Exhausted));
    }

    [Test]
    public void Rules_leave_out_exdates_and_add_rdates()
    {
        var when = new ScheduleWhen
        {
            Rrule = "FREQ=DAILY;COUNT=5",
            Anchor = "2026-01-01T08:00",
            Zone = "Europe/Berlin",
            Exdates = ["2026-01-02T08:00", "2026-01-03", "2026-01-04T07:00:00Z"],
            Rdates = ["2026-01-02T09:00", "2026-02-01T00:00:00Z"],
        };
        var runs = AWhen.Times(when).Next(AWhen.At("2025-12-01T00:00:00Z"), 10);

        Assert.That(runs.Runs.Select(run => AWhen.Local(run.Step)), Is.EqualTo(new[]
        {
            "2026-01-01T08:00:00+01:00", "2026-01-02T09:00:00+01:00", "2026-01-05T08:00:00+01:00", "2026-02-01T01:00:00+01:00",
        }));
        Assert.That(runs.Runs[2].Skipped.Select(each => (each.Count, each.Reason)), Is.EqualTo(new[] { (2, SkipReason.Exdate) }));
    }

    [Test]
    public void An_UNTIL_in_UTC_is_an_instant_and_a_date_is_the_whole_day()
    {
        var when = new ScheduleWhen { Rrule = "FREQ=DAILY;UNTIL=20260103T070000Z", Anchor = "2026-01-01T08:00", Zone = "Europe/Berlin" };

        Assert.That(Count(when), Is.EqualTo(3));
        Assert.That(Count(when with { Rrule = "FREQ=DAILY;UNTIL=20260103T065959Z" }), Is.EqualTo(2));
        Assert.That(Count(when with { Rrule = "FREQ=DAILY;UNTIL=20260104" }), Is.EqualTo(4));

        static int Count(ScheduleWhen when) => AWhen.Runs(when, "2025-12-01T00:00:00Z", 10).Count;
    }

    [TestCase("* * * * * *", "Europe/Berlin", "2026-03-20/2026-04-20", "2026-04-20T22:00:00Z")]
    [TestCase("*/5 * * * * *", "America/New_York", "2026-01-01/2060-12-31", "2061-01-01T05:00:00Z")]
    [TestCase("30 59 23 * * *", "Asia/Tokyo", "2026-01-01/2099-12-31", "2100-01-01T14:59:30Z")]
    public void Days_that_a_calendar_leaves_out_are_passed_however_many_times_they_have(
        string cron, string zone, string excluded, string expected)
    {
        var calendar = new ScheduleCalendar("closed", CalendarDates.Read([excluded]), None);
        var when = new ScheduleWhen { Cron = cron, Zone = zone, Calendars = [calendar] };

        var next = AWhen.Times(when, "2026-03-20T12:00:00Z").Next(new DateTimeOffset(2026, 3, 20, 12, 0, 0, TimeSpan.Zero), 1);

        Assert.That($"{next.Runs.Single().Step.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}Z", Is.EqualTo(expected));
    }

    [Test]
    public void What_is_passed_changes_no_run()
    {
        // Weekends of a schedule for each second, over changes of clocks, beside the same one without calendars.
        var plain = new ScheduleWhen { Cron = "* * * * * *", Zone = "Europe/Berlin" };
        var when = plain with { Calendars = [new ScheduleCalendar("closed", CalendarDates.Read(["SAT", "SUN"]), None)] };
        foreach (var day in new[] { "2026-03-27", "2026-05-01", "2026-10-23" })
        {
            var begin = DateTimeOffset.Parse($"{day}T21:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
            var found = AWhen.Times(when, $"{begin:O}").Next(begin, 10_000).Runs.Select(run => run.Step.At);
            var expected = AWhen.Times(plain, $"{begin:O}").Next(begin, 99_999).Runs
                .Concat(AWhen.Times(plain, $"{begin:O}").Next(begin.AddDays(2), 99_999).Runs).Select(run => run.Step)
                .Where(step => step.Local.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Select(step => step.At).Distinct();
            Assert.That(found, Is.EqualTo(expected.Take(10_000)), day);
        }
    }

    [Test]
    public void Calendars_leave_out_dates_of_the_zone()
    {
        var holidays = new ScheduleCalendar("holidays", CalendarDates.Read(["2026-01-01", "2026-01-03"]), None);
        var open = new ScheduleCalendar("open", None, CalendarDates.Read(["2026-01-01", "2026-01-04/2026-01-05"]));
        var when = Daily with { Cron = "30 0 * * *", Calendars = [holidays, open] };
        var runs = AWhen.Times(when).Next(AWhen.At("2025-12-31T12:00:00Z"), 2);

        Assert.That(runs.Runs.Select(run => AWhen.Local(run.Step)), Is.EqualTo(new[]
        {
            "2026-01-04T00:30:00+01:00", "2026-01-05T00:30:00+01:00",
        }));
        Assert.That(runs.Runs[0].Skipped.Select(each => (each.First.Day, each.Count, each.Calendar)), Is.EqualTo(new[]
        {
            (1, 1, "holidays"), (2, 1, "open"), (3, 1, "holidays"),
        }));
    }

    [Test]
    public void What_never_runs_again_says_why()
    {
        var open = new ScheduleCalendar("open", None, CalendarDates.Read(["2020-01-01"]));
        Assert.That(Never(Daily with { EndAt = "2026-01-01T06:00:00Z" }),
            Is.EqualTo("endAt: leaves no run after 2026-01-01T00:00:00.000Z"));
        Assert.That(Never(new ScheduleWhen { At = ["2025-01-01T00:00:00Z"] }),
            Is.EqualTo("at: never fires after 2026-01-01T00:00:00.000Z"));
        Assert.That(Never(new ScheduleWhen { At = ["2026-03-29T02:30"], Zone = "Europe/Berlin", Gap = GapRule.Skip }), Is.EqualTo(
            "at: never fires after 2026-01-01T00:00:00.000Z; one time is left out, 2026-03-29T02:30:00, because clocks are put forward "
            + "past it"));
        Assert.That(Never(Daily with { Calendars = [open] }), Is.EqualTo(
            "cron: has no run after 2026-01-01T00:00:00.000Z within 100,000 times; 100,000 times are left out, the first of them, "
            + "2026-01-01T08:00:00, because the calendar 'open' leaves out its date"));
        Assert.That(Never(new ScheduleWhen { Rrule = "FREQ=DAILY;UNTIL=20250101T000000Z", Anchor = "2024-01-01T00:00" }),
            Is.EqualTo("rrule: never fires after 2026-01-01T00:00:00.000Z"));

        static string Never(ScheduleWhen when)
        {
            var (times, after) = (AWhen.Times(when), AWhen.At("2026-01-01T00:00:00Z"));
            var none = times.Next(after, 1);
            Assert.That(none.Runs, Is.Empty);
            var fault = times.NeverAfter(after, none);
            return $"{fault.Field}: {fault.Text}";
        }
    }

    [Test]
    public void Everything_that_is_wrong_is_told_at_once() => Assert.That(AWhen.Faults(new ScheduleWhen
    {
        Cron = "* * * * 9",
        Every = "PT0S",
        Zone = "Europe/Berln",
        StartAt = "tomorrow",
        EndAt = "2026-02-30T00:00",
        MaxRuns = 0,
        Jitter = TimeSpan.FromDays(2),
        Exdates = ["x"],
        Rdates = [],
        Anchor = "1800-01-01T00:00",
        Calendars = [new ScheduleCalendar("", None, None)],
    }).Select(fault => fault.Split(": ")[0]), Is.EqualTo(new[]
    {
        "zone", "cron", "every", "exdates", "rdates", "startAt", "endAt", "anchor", "maxRuns", "jitter", "calendars[0].name",
        "calendars[0]", "exdates[0]", "cron",
    }));

    [TestCase("europe/berlin", "must be an IANA time zone such as Europe/Berlin; 'europe/berlin' is not known: Europe/Berlin would be")]
    [TestCase("New York", "must be an IANA time zone such as Europe/Berlin; 'New York' is not known: America/New_York would be")]
    [TestCase("W. Europe Standard Time",
        "must be an IANA time zone such as Europe/Berlin; 'W. Europe Standard Time' is not known: Europe/Berlin would be")]
    [TestCase("+02:00", "must be an IANA time zone such as Europe/Berlin; '+02:00' is an offset and knows no daylight saving")]
    [TestCase("UTC+2", "must be an IANA time zone such as Europe/Berlin; 'UTC+2' is an offset and knows no daylight saving")]
    [TestCase("Mars/Olympus", "must be an IANA time zone such as Europe/Berlin; 'Mars/Olympus' is not known")]
    public void Zones(string zone, string fault) =>
        Assert.That(AWhen.Faults(Daily with { Zone = zone }), Is.EqualTo(new[] { $"zone: {fault}" }));

    [Test]
    public void Exactly_one_way_to_say_when()
    {
        Assert.That(AWhen.Faults(new ScheduleWhen()), Is.EqualTo(new[] { "cron: give one of cron, rrule, every and at" }));
        Assert.That(AWhen.Faults(new ScheduleWhen { Cron = "* * * * *", At = ["2030-01-01T00:00:00Z"] }), Is.EqualTo(new[]
        {
            "cron: give one of cron, rrule, every and at", "at: give one of cron, rrule, every and at",
        }));
    }

    [Test]
    public void Jitter_only_adds_is_the_same_again_and_spreads_evenly()
    {
        var (at, bound) = (AWhen.At("2026-01-01T00:00:00Z"), TimeSpan.FromSeconds(10));
        var delays = Enumerable.Range(0, 10_000).Select(index => ScheduleJitter.Of($"schedule-{index}", at, bound)).ToList();

        Assert.That(delays, Has.All.InRange(TimeSpan.Zero, bound));
        for (var second = 0; second < 10; second++)
        {
            // A thousand each, give or take six standard deviations.
            Assert.That(delays.Count(delay => (int)delay.TotalSeconds == second), Is.InRange(820, 1_180));
        }

        // What a release has computed once stays: an occurrence keeps its instant across upgrades.
        Assert.That(ScheduleJitter.Of("nightly", at, TimeSpan.FromMinutes(5)), Is.EqualTo(TimeSpan.FromMilliseconds(168_611)));
        Assert.That(ScheduleJitter.Of("nightly", at.AddDays(1), bound), Is.Not.EqualTo(ScheduleJitter.Of("nightly", at, bound)));
        Assert.That(ScheduleJitter.Of("nightly", at, TimeSpan.Zero), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void The_versions_of_the_zone_database_is_known() => Assert.That(ScheduleZones.Embedded.Version, Does.Match("^20[0-9]{2}[a-z]"));
}
