using Contracts.Schedules;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Contracts.Schedules;

/// <summary>A calendar that a schedule names is changed, the schedule is not: its future runs move, and what was due does not.</summary>
public sealed class CalendarChangeTests
{
    private const string Today = "2030-06-01";
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private static readonly SchedulePlanner Planner = new(ScheduleZones.Embedded, TimeSpan.FromMinutes(1));

    [Test]
    public void A_date_that_is_excluded_takes_the_runs_ahead_away_and_moves_the_next_one()
    {
        var open = Calendar(Noon, "12-25");
        var made = Planner.Stored(Planner.Advance(Create("PT10S", open), Noon)!);
        Assert.That(Instants(made.Progress.Recent), Is.EqualTo(Seconds(10, 20, 30, 40, 50, 60)));

        var closed = Change(open, Noon.AddSeconds(5), Today);
        var moved = Planner.Advance(made with { Calendars = [closed] }, Noon.AddSeconds(9))!;

        Assert.That(Instants(moved.Progress.Withdrawing), Is.EqualTo(Seconds(20, 30, 40, 50, 60)), "the one of 10 s may be claimed");
        Assert.That(moved.Progress.Revision, Is.EqualTo(made.Progress.Revision), "no client has changed it");
        moved = Planner.Withdrawn(moved, [], Noon.AddSeconds(9))!;
        Assert.That(moved.Progress.Next, Is.EqualTo(Noon.AddHours(12)), "midnight");
        Assert.That(moved.WakeAt, Is.EqualTo(Noon.AddSeconds(9)), "it is looked at again");
        moved = Planner.Advance(moved, Noon.AddSeconds(10))!;
        Assert.That(moved.WakeAt, Is.EqualTo(Noon.AddHours(12).AddSeconds(-30)));
        Assert.That(Instants(moved.Progress.Recent), Is.EqualTo(Seconds(10)));
    }

    [Test]
    public void A_date_that_is_excluded_no_more_has_runs_from_the_change_on()
    {
        var closed = Calendar(Noon, Today);
        var record = Planner.Advance(Create("PT10S", closed), Noon)!;
        Assert.That((record.Progress.Next, record.Progress.Recent.Count), Is.EqualTo((Noon.AddHours(12), 0)));

        var open = Change(closed, Noon.AddSeconds(35), "12-25");
        record = Planner.Advance(record with { Calendars = [open] }, Noon.AddSeconds(62))!;

        // Nothing is made up for what the calendar had excluded, and nothing is lost of what it allows.
        Assert.That(Instants(record.Progress.Recent), Is.EqualTo(Seconds(40, 50, 60, 70, 80, 90, 100, 110, 120)));
    }

    [Test]
    public void What_was_due_before_the_change_runs_even_if_nobody_had_made_it()
    {
        var open = Calendar(Noon, "12-25");
        var record = Planner.Advance(Create("PT1M", open), Noon)!;
        record = Planner.Stored(record);
        Assert.That(Instants(record.Progress.Recent), Is.EqualTo(Seconds(60)));

        // No Runner was there for five minutes, and meanwhile the date was excluded.
        var closed = Change(open, Noon.AddSeconds(200), Today);
        record = Planner.Advance(record with { Calendars = [closed] }, Noon.AddMinutes(5))!;

        Assert.That(Instants(record.Progress.Recent), Is.EqualTo(Seconds(60, 120, 180)));
        Assert.That(record.Progress.Next, Is.EqualTo(Noon.AddHours(12)));

        // And from here on the past is settled, whatever is allowed again.
        var again = Change(closed, Noon.AddMinutes(5), "12-25");
        record = Planner.Advance(Planner.Stored(record) with { Calendars = [again] }, Noon.AddMinutes(5).AddSeconds(1))!;
        Assert.That(Instants(record.Progress.Recent), Is.EqualTo(Seconds(60, 120, 180, 360)));
    }

    [Test]
    public void A_time_that_is_allowed_before_the_runs_that_are_made_is_not_overlooked()
    {
        // In Berlin it is a few seconds to midnight, and tomorrow alone is open.
        var begin = new DateTimeOffset(2030, 6, 1, 21, 59, 30, TimeSpan.Zero);
        var tomorrow = new CalendarRecord
        {
            Tenant = "default",
            Name = "open",
            Content = Calendar(begin).Content with { Included = CalendarDates.Read(["2030-06-02"]) },
        };
        var when = new ScheduleWhen { Every = "PT10S", Anchor = "2030-06-01T22:00", Zone = "Europe/Berlin", Calendars = [Shared("open")] };
        var record = Planner.Create("default", "s", Definition(when), begin, out _, [tomorrow])!;
        record = Planner.Stored(Planner.Advance(record, begin)!);
        Assert.That(Instants(record.Progress.Recent), Is.EqualTo(new[] { 30, 40, 50, 60 }.Select(s => begin.AddSeconds(s))));

        var both = CalendarPlanner.Put(
            tomorrow, "default", "open", CalendarDates.None, CalendarDates.Read(["2030-06-01", "2030-06-02"]), begin.AddSeconds(1));
        record = Planner.Advance(record with { Calendars = [both] }, begin.AddSeconds(2))!;
        record = Planner.Withdrawn(record, [], begin.AddSeconds(2))!;
        record = Planner.Advance(record, begin.AddSeconds(2))!;

        Assert.That(Instants(record.Progress.Recent), Is.EqualTo(new[] { 10, 20, 30, 40, 50, 60 }.Select(s => begin.AddSeconds(s))));
    }

    [Test]
    public void A_change_that_concerns_no_run_ahead_withdraws_none()
    {
        var open = Calendar(Noon, "12-25");
        var record = Planner.Stored(Planner.Advance(Create("PT10S", open), Noon)!);
        var later = Planner.Advance(record with { Calendars = [Change(open, Noon.AddSeconds(5), "2030-06-02")] }, Noon.AddSeconds(9))!;

        Assert.That(later.Progress.Withdrawing, Is.Empty);
        Assert.That(Instants(later.Progress.Recent), Is.EqualTo(Seconds(10, 20, 30, 40, 50, 60)));
        Assert.That(later.Progress.Generation, Is.EqualTo(record.Progress.Generation));
    }

    [Test]
    public void What_somebody_asked_to_skip_stays_skipped_and_is_counted_once()
    {
        var open = Calendar(Noon, "12-25");
        var record = Planner.Stored(Planner.Advance(Create("PT10S", open), Noon)!);
        record = Planner.Withdrawn(Planner.SkipNext(record, Noon)!, [], Noon)!;
        record = Planner.Stored(Planner.Advance(record, Noon)!);
        Assert.That((Instants(record.Progress.Recent).First(), record.Progress.Skipped), Is.EqualTo((Noon.AddSeconds(20), 1)));

        // Another schedule's runs would have to be made anew: here by a date that takes some of them away and gives them back.
        var closed = Change(open, Noon.AddSeconds(1), Today);
        record = Planner.Withdrawn(Planner.Advance(record with { Calendars = [closed] }, Noon.AddSeconds(2))!, [], Noon.AddSeconds(2))!;
        record = Planner.Advance(record, Noon.AddSeconds(2))!;
        var again = Change(closed, Noon.AddSeconds(3), "12-25");
        record = Planner.Advance(record with { Calendars = [again] }, Noon.AddSeconds(4))!;

        Assert.That(Instants(record.Progress.Recent), Is.EqualTo(Seconds(20, 30, 40, 50, 60)));
        Assert.That((record.Progress.Skipped, record.Progress.Missed.Count), Is.EqualTo((1, 1)));
    }

    [Test]
    public void One_that_a_calendar_has_finished_goes_on_when_that_allows_it_and_maxRuns_stay()
    {
        var open = Calendar(Noon, "12-25");
        var record = Create("PT1H", open, when => when with { MaxRuns = 3, EndAt = "2030-06-01T23:30:00Z" });
        record = Planner.Stored(Planner.Advance(record, Noon.AddHours(1))!);
        var closed = Change(open, Noon.AddHours(1).AddSeconds(5), Today);
        record = Planner.Advance(record with { Calendars = [closed] }, Noon.AddHours(1).AddSeconds(6))!;
        Assert.That((record.Progress.State, record.Progress.Ended), Is.EqualTo((ScheduleState.Finished, (ScheduleEnd?)ScheduleEnd.EndAt)));
        Assert.That(record.WakeAt, Is.Null);

        var again = Change(closed, Noon.AddHours(4).AddMinutes(30), "12-25");
        record = Planner.Advance(record with { Calendars = [again] }, Noon.AddHours(4).AddMinutes(31))!;
        Assert.That((record.Progress.State, record.Progress.Next), Is.EqualTo((ScheduleState.Active, Noon.AddHours(5))));
        record = Planner.Stored(Planner.Advance(record, Noon.AddHours(5))!);
        record = Planner.Stored(Planner.Advance(record, Noon.AddHours(6))!);
        Assert.That((record.Progress.Runs, record.Progress.Ended), Is.EqualTo((3, (ScheduleEnd?)ScheduleEnd.MaxRuns)));
        record = Planner.Advance(record with { Calendars = [Change(again, Noon.AddHours(7), "12-26")] }, Noon.AddHours(8))!;
        Assert.That(record.Progress.State, Is.EqualTo(ScheduleState.Finished));
    }

    [Test]
    public void Without_its_calendar_a_schedule_makes_nothing() =>
        Assert.That(Planner.Advance(Create("PT10S", Calendar(Noon, "12-25")) with { Calendars = [] }, Noon), Is.Null);

    [Test]
    public void A_calendar_keeps_what_its_last_changes_replaced_and_the_same_again_is_no_change()
    {
        var calendar = Calendar(Noon, Today);
        Assert.That(Change(calendar, Noon.AddDays(1), Today), Is.SameAs(calendar));
        for (var i = 1; i <= CalendarPlanner.MaxFormer + 2; i++)
        {
            var changed = Change(calendar, Noon.AddSeconds(i), $"2031-01-{i:00}");
            Assert.That(changed.Content.Revision, Is.GreaterThan(calendar.Content.Revision));
            calendar = changed;
        }

        Assert.That(calendar.Content.Former, Has.Count.EqualTo(CalendarPlanner.MaxFormer));
        Assert.That(Change(calendar, Noon.AddDays(2), Today).Content.Former, Has.Count.EqualTo(1), "the others are too old");
        var deleted = CalendarPlanner.Delete(calendar, Noon.AddDays(3));
        var anew = Change(deleted, Noon.AddDays(3), Today);
        Assert.That((anew.IsDeleted, anew.Content.Former.Count, anew.Content.CreatedAt), Is.EqualTo((false, 0, Noon.AddDays(3))));
    }

    private static CalendarRecord Calendar(DateTimeOffset at, params string[] excluded) =>
        CalendarPlanner.Put(null, "default", "open", CalendarDates.Read(excluded), CalendarDates.None, at);

    private static CalendarRecord Change(CalendarRecord before, DateTimeOffset at, params string[] excluded) =>
        CalendarPlanner.Put(before, "default", "open", CalendarDates.Read(excluded), CalendarDates.None, at);

    private static ScheduleCalendar Shared(string name) => new(name, CalendarDates.None, CalendarDates.None);

    private static ScheduleRecord Create(string every, CalendarRecord calendar, Func<ScheduleWhen, ScheduleWhen>? change = null)
    {
        var when = new ScheduleWhen { Every = every, Anchor = "2030-06-01T00:00:00Z", Calendars = [Shared("open")] };
        return Planner.Create("default", "s", Definition(change?.Invoke(when) ?? when), Noon, out _, [calendar])!;
    }

    private static ScheduleDefinition Definition(ScheduleWhen when) => new()
    {
        When = when,
        Misfire = MisfireRule.All,
        Webhook = new TimerSpec { Url = new Uri("http://127.0.0.1:2/") },
    };

    private static IEnumerable<DateTimeOffset> Seconds(params int[] seconds) => seconds.Select(second => Noon.AddSeconds(second));

    private static IEnumerable<DateTimeOffset> Instants(IEnumerable<ScheduleOccurrence> runs) => runs.Select(run => run.ScheduledFor);
}
