using Contracts.Schedules;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Contracts.Schedules;

/// <summary>What a stored schedule becomes, step by step, under a clock that is turned by hand.</summary>
public sealed class SchedulePlannerTests
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private static readonly SchedulePlanner Planner = new(ScheduleZones.Embedded, TimeSpan.FromMinutes(1));

    [Test]
    public void A_year_of_schedules_fires_as_the_preview_says()
    {
        var random = new Random(ScheduleRounds.Seed);
        string[] zones = ["Europe/Berlin", "Australia/Lord_Howe", "Antarctica/Troll", "America/St_Johns", "Africa/Casablanca", "UTC"];
        var fired = 0;
        for (var index = 0; index < ScheduleRounds.Of(30); index++)
        {
            var schedules = new RandomSchedules(random);
            var begin = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
            var when = new ScheduleWhen
            {
                Cron = index % 3 == 0 ? schedules.Vixie().Cron : index % 3 == 1 ? schedules.Quartz() : null,
                Dialect = index % 3 == 1 ? CronDialect.Quartz : CronDialect.Vixie,
                Rrule = index % 3 == 2 ? schedules.Rule() : null,
                Zone = zones[index % zones.Length],
                Gap = (GapRule)random.Next(2),
                Fold = (FoldRule)random.Next(2),
            };
            var definition = Definition(when) with { Misfire = MisfireRule.All, CatchUp = TimeSpan.FromDays(365) };
            if (Planner.Create("default", "s", definition, begin, out _) is not { } record)
            {
                continue;
            }

            var (made, clock, end) = (new List<DateTimeOffset>(), begin, begin.AddYears(1));
            while (clock < end && record.WakeAt is { } wake)
            {
                // As late as a pass may be, and now and then as after an outage.
                clock = (wake > clock ? wake : clock).AddMilliseconds(random.Next(1_000))
                    .AddHours(random.Next(40) == 0 ? random.Next(48) : 0);
                record = Planner.Advance(record, clock)!;
                made.AddRange(record.Progress.Recent.Where(run => !run.IsStored).Select(run => run.ScheduledFor));
                record = Planner.Stored(record);
            }

            var expected = AWhen.Times(when, $"{begin:O}").Next(begin, made.Count + 1).Runs.Select(run => run.Step.At)
                .Take(made.Count).ToList();
            Assert.That(made, Is.EqualTo(expected), $"{when} (TEST_SEED={ScheduleRounds.Seed}, {index})");
            Assert.That(record.Progress.Number, Is.EqualTo(made.Count));
            fired += made.Count;
        }

        Assert.That(fired, Is.GreaterThan(5_000));
    }

    [Test]
    public void Runs_are_made_ahead_and_the_next_wake_is_before_the_next_run()
    {
        var record = Create("PT1S");

        Assert.That((record.Progress.Next, record.WakeAt), Is.EqualTo((Noon.AddSeconds(1), Noon.AddSeconds(-29))));
        record = Planner.Advance(record, Noon)!;

        Assert.That(Made(record), Is.EqualTo(Enumerable.Range(1, 60).Select(second => Noon.AddSeconds(second))));
        Assert.That(record.WakeAt, Is.EqualTo(Noon), "until they are stored");
        Assert.That(Planner.Stored(record).WakeAt, Is.EqualTo(Noon.AddSeconds(31)));
    }

    [TestCase(MisfireRule.All, 5, 55)]
    [TestCase(MisfireRule.Latest, 1, 59)]
    [TestCase(MisfireRule.Skip, 0, 60)]
    public void Missed_runs_are_made_or_skipped_as_misfire_says(MisfireRule rule, int made, int skipped)
    {
        var record = Create("PT1M", definition => definition with { Misfire = rule, CatchUp = TimeSpan.FromMinutes(5) });
        var told = new List<MissedRuns>();

        // An hour and a bit later, the minutes are missed but for the one that is just late, which is the schedule's last and comes anyway.
        record = Planner.Advance(record, Noon.AddMinutes(61).AddSeconds(-30), told)!;

        var missed = Made(record).Where(at => at < Noon.AddMinutes(60)).ToList();
        Assert.That(Made(record), Does.Contain(Noon.AddMinutes(60)), "it is late by 30 s only");
        Assert.That(missed, Has.Count.EqualTo(rule == MisfireRule.All ? made - 1 : 0));
        Assert.That(record.Progress.Skipped, Is.EqualTo(59 - missed.Count));
        Assert.That(told.Sum(each => each.Count), Is.EqualTo(record.Progress.Skipped));
        Assert.That(skipped, Is.GreaterThanOrEqualTo(record.Progress.Skipped));
    }

    [Test]
    public void Of_a_daily_schedule_the_last_missed_run_comes_within_the_catch_up_window_alone()
    {
        var definition = new Func<ScheduleDefinition, ScheduleDefinition>(each => each with { CatchUp = TimeSpan.FromHours(3) });
        var late = Planner.Advance(Create("P1D", definition), Noon.AddDays(3).AddHours(2))!;
        var tooLate = Planner.Advance(Create("P1D", definition), Noon.AddDays(3).AddHours(4))!;

        Assert.That(Made(late), Is.EqualTo(new[] { Noon.AddDays(3) }));
        Assert.That(late.Progress.Missed.Single(), Is.EqualTo(new MissedRuns(Noon.AddDays(1), Noon.AddDays(2), 2, MissReason.CatchUp)));
        Assert.That(Made(tooLate), Is.Empty);
        Assert.That((tooLate.Progress.Skipped, tooLate.Progress.Next), Is.EqualTo((3, Noon.AddDays(4))));
    }

    [Test]
    public void A_change_of_the_webhook_makes_the_runs_ahead_anew_and_keeps_the_rhythm()
    {
        var record = Planner.Stored(Planner.Advance(Create("PT10S"), Noon.AddSeconds(5))!);
        var changed = Planner.Change(
            record, Definition(new ScheduleWhen { Every = "PT10S" }, "http://127.0.0.1:2/other"), Noon.AddSeconds(19), out _)!;

        // The run at 20 s is too near.
        Assert.That(changed.Progress.Recent.Select(run => run.ScheduledFor), Is.EqualTo(new[] { 10, 20 }.Select(s => Noon.AddSeconds(s))));
        Assert.That(changed.Progress.Withdrawing.Select(run => run.ScheduledFor),
            Is.EqualTo(new[] { 30, 40, 50, 60 }.Select(s => Noon.AddSeconds(s))));

        var settled = Planner.Withdrawn(changed, [], Noon.AddSeconds(20))!;
        Assert.That((settled.Progress.Next, settled.Progress.Runs), Is.EqualTo((Noon.AddSeconds(30), 2)));
        var again = Planner.Advance(settled, Noon.AddSeconds(21))!;
        Assert.That(Made(again)[0], Is.EqualTo(Noon.AddSeconds(30)));
        Assert.That(again.Progress.Recent[^1].Generation, Is.Not.EqualTo(record.Progress.Recent[^1].Generation), "under ids of their own");

        // Of one that is being sent already, neither it nor what is before it comes again.
        var kept = Planner.Withdrawn(changed, [changed.Progress.Withdrawing[0], changed.Progress.Withdrawing[1]], Noon.AddSeconds(41))!;
        Assert.That((kept.Progress.Next, kept.Progress.Runs), Is.EqualTo((Noon.AddSeconds(50), 4)));
    }

    [Test]
    public void Other_times_begin_now_and_never_at_an_instant_that_has_its_run()
    {
        var record = Planner.Stored(Planner.Advance(Create("PT10S"), Noon.AddSeconds(5))!);
        var changed = Planner.Change(
            record, Definition(new ScheduleWhen { Every = "PT5S", Anchor = "2030-06-01T12:00:00Z" }), Noon.AddSeconds(19), out _)!;
        var settled = Planner.Withdrawn(changed, [], Noon.AddSeconds(20))!;

        Assert.That(settled.Progress.Next, Is.EqualTo(Noon.AddSeconds(25)), "that at 20 s is made");
        Assert.That(settled.Progress.StartAfter, Is.Null);
    }

    [Test]
    public void What_is_put_again_keeps_its_text_and_what_never_runs_is_refused()
    {
        var (first, again) = (Definition(new ScheduleWhen { Every = "PT1S" }), Definition(new ScheduleWhen { Every = "PT1S" }));
        Assert.That(ScheduleText.Of(again), Is.EqualTo(ScheduleText.Of(first)));
        Assert.That(Planner.Create("default", "s", Definition(new ScheduleWhen { At = ["2020-01-01T00:00:00Z"] }), Noon, out var fault),
            Is.Null);
        Assert.That((fault!.Field, fault.Text), Is.EqualTo(("at", "never fires after 2030-06-01T12:00:00.000Z")));
        Assert.That(Planner.Change(Create("PT1H"), Definition(new ScheduleWhen { Cron = "0 0 31 2 *" }), Noon, out fault), Is.Null);
        Assert.That(fault!.Field, Is.EqualTo("cron"));
    }

    [Test]
    public void A_pause_withdraws_and_what_it_missed_is_missed()
    {
        var record = Planner.Stored(Planner.Advance(Create("PT10S"), Noon.AddSeconds(5))!);
        var paused = Planner.Withdrawn(Planner.Pause(record, "why", Noon.AddMinutes(10), Noon.AddSeconds(5)), [], Noon.AddSeconds(5))!;

        Assert.That((paused.Progress.State, paused.Progress.Next, paused.WakeAt), Is.EqualTo(
            (ScheduleState.Paused, (DateTimeOffset?)null, Noon.AddMinutes(10))));
        Assert.That(paused.Progress.Recent.Select(run => run.ScheduledFor), Is.Empty, "they are all ahead");
        Assert.That(Planner.Advance(paused, Noon.AddMinutes(9))!.Progress.Recent, Is.Empty);

        // By itself: of the minute before, the last one comes, although none of them is late by a minute.
        var early = Planner.Resume(paused, Noon.AddSeconds(45));
        Assert.That(Made(Planner.Advance(early, Noon.AddSeconds(45))!).Take(2),
            Is.EqualTo(new[] { Noon.AddSeconds(40), Noon.AddSeconds(50) }));
        var resumed = Planner.Advance(paused, Noon.AddMinutes(10).AddSeconds(1))!;
        Assert.That(resumed.Progress.State, Is.EqualTo(ScheduleState.Active));
        Assert.That(Made(resumed)[0], Is.EqualTo(Noon.AddMinutes(10)), "it is at the end of the pause");
        Assert.That(resumed.Progress.Skipped, Is.EqualTo(59));
    }

    [Test]
    public void Skips_leave_out_one_run_each()
    {
        var record = Planner.Stored(Planner.Advance(Create("PT30S"), Noon.AddSeconds(5))!);
        var once = Planner.Withdrawn(Planner.SkipNext(record, Noon.AddSeconds(5))!, [], Noon.AddSeconds(5))!;
        Assert.That(once.Progress.Next, Is.EqualTo(Noon.AddSeconds(60)));
        var twice = Planner.SkipNext(once, Noon.AddSeconds(5))!;
        Assert.That(twice.Progress.Next, Is.EqualTo(Noon.AddSeconds(90)));

        var later = Planner.Advance(twice, Noon.AddSeconds(70))!;
        Assert.That(Made(later), Is.EqualTo(new[] { Noon.AddSeconds(90), Noon.AddSeconds(120) }));
        Assert.That(
            later.Progress.Missed.Single(),
            Is.EqualTo(new MissedRuns(Noon.AddSeconds(30), Noon.AddSeconds(60), 2, MissReason.Requested)));
        Assert.That(later.Progress.Skips, Is.Empty);
    }

    [Test]
    public void It_finishes_with_its_reason_and_a_run_that_is_withdrawn_does_not_count()
    {
        var record = Create("PT10S", definition => definition with { When = definition.When with { MaxRuns = 3 } });
        record = Planner.Stored(Planner.Advance(record, Noon.AddSeconds(1))!);
        Assert.That((record.Progress.State, record.Progress.Ended, record.Progress.Runs, record.WakeAt), Is.EqualTo(
            (ScheduleState.Finished, (ScheduleEnd?)ScheduleEnd.MaxRuns, 3, (DateTimeOffset?)null)));

        var when = record.Definition.When;
        var changed = Planner.Change(record, Definition(when, "http://127.0.0.1:2/other"), Noon.AddSeconds(2), out _)!;
        var settled = Planner.Withdrawn(changed, [], Noon.AddSeconds(2))!;
        Assert.That((settled.Progress.State, settled.Progress.Runs), Is.EqualTo((ScheduleState.Active, 0)));
        Assert.That(Made(Planner.Advance(settled, Noon.AddSeconds(3))!), Has.Count.EqualTo(3));
    }

    [Test]
    public void A_run_that_is_asked_for_comes_apart_from_the_others()
    {
        var record = Planner.Stored(Planner.Advance(Create("PT10S"), Noon.AddSeconds(5))!);
        var asked = Planner.RunNow(record, Noon.AddSeconds(5));
        Assert.That(asked.Progress.Recent[^1], Is.EqualTo(
            new ScheduleOccurrence(7, Noon.AddSeconds(5), Noon.AddSeconds(5), 0, Noon.AddSeconds(5)) { IsManual = true }));
        Assert.That((asked.Progress.Runs, asked.Progress.IsUnstored), Is.EqualTo((record.Progress.Runs, true)));
        Assert.That(asked.Progress.Revision, Is.GreaterThan(record.Progress.Revision));
    }

    [Test]
    public void Each_run_knows_the_one_before_it_also_when_that_is_not_kept_any_more()
    {
        var record = Create("PT10S");
        for (var minute = 0; minute < 10; minute++)
        {
            record = Planner.Stored(Planner.Advance(record, Noon.AddMinutes(minute))!);
        }

        Assert.That(record.Progress.Recent[0].Number, Is.GreaterThan(1));
        Assert.That(record.Progress.Recent.Select(run => run.Previous),
            Is.EqualTo(record.Progress.Recent.Select(run => (DateTimeOffset?)run.ScheduledFor.AddSeconds(-10))));
        Assert.That(Planner.Advance(Create("PT10S"), Noon)!.Progress.Recent[0].Previous, Is.Null, "of the first one");
    }

    [Test]
    public void A_run_that_others_wait_for_is_kept_however_many_come_behind_it()
    {
        var record = Planner.Stored(Planner.Advance(
            Create("PT10S", definition => definition with { Overlap = OverlapRule.Skip }), Noon.AddSeconds(5))!);
        for (var i = 0; i < 2 * SchedulePlanner.MaxRecent; i++)
        {
            // Asked for, and finished, while the first one is not.
            record = Planner.Stored(Planner.RunNow(record, Noon.AddSeconds(12)));
            var recent = record.Progress.Recent.Select(each => each with { IsFinished = !each.IsOwn }).ToList();
            record = record with { Progress = record.Progress with { Recent = recent } };
        }

        Assert.That((record.Progress.Recent[0].Number, record.Progress.Recent.Count), Is.EqualTo((1, SchedulePlanner.MaxRecent + 1)));
        var later = Planner.Advance(record, Noon.AddSeconds(21))!;
        Assert.That(later.Progress.Missed.Single().Reason, Is.EqualTo(MissReason.Overlap));
    }

    [Test]
    public void Jitter_moves_the_timer_and_not_the_schedule()
    {
        var record = Create("PT1M", definition => definition with { When = definition.When with { Jitter = TimeSpan.FromMinutes(5) } });
        record = Planner.Stored(Planner.Advance(record, Noon.AddSeconds(10))!);
        var run = record.Progress.Recent.Single();
        Assert.That(run.DueAt - run.ScheduledFor, Is.EqualTo(ScheduleJitter.Of("s", run.ScheduledFor, TimeSpan.FromMinutes(5))));

        // A run whose instant has come stays when the schedule is changed, and goes when it is deleted.
        var at = run.ScheduledFor.AddMilliseconds(1);
        Assert.That(Planner.Change(record, Definition(record.Definition.When, "http://127.0.0.1:2/x"), at, out _)!.Progress.Withdrawing,
            Is.Empty);
        Assert.That(SchedulePlanner.Delete(record, at).Progress.Withdrawing, Has.Count.EqualTo(run.DueAt > at ? 1 : 0));
    }

    [Test]
    public void A_long_outage_of_a_frequent_schedule_is_gone_through_in_steps()
    {
        var (record, now, steps) = (Create("PT1S"), Noon.AddDays(1), 0);
        for (; record.WakeAt <= now; steps++)
        {
            record = Planner.Stored(Planner.Advance(record, now)!);
        }

        Assert.That(steps, Is.InRange(86_400 / SchedulePlanner.MaxSeen, 30));
        Assert.That(record.Progress.Next, Is.GreaterThan(now.AddSeconds(30)));
        Assert.That(record.Progress.Skipped + record.Progress.Runs, Is.EqualTo((record.Progress.Next!.Value - Noon).TotalSeconds - 1));
        Assert.That(record.Progress.Recent, Has.Count.LessThan(200));
    }

    private static ScheduleRecord Create(string every, Func<ScheduleDefinition, ScheduleDefinition>? with = null)
    {
        var definition = Definition(new ScheduleWhen { Every = every });
        var record = Planner.Create("default", "s", with is null ? definition : with(definition), Noon, out var fault);
        Assert.That(record, Is.Not.Null, fault?.Text);
        return record!;
    }

    private static ScheduleDefinition Definition(ScheduleWhen when, string url = "http://127.0.0.1:2/hook") =>
        new() { When = when, Webhook = new TimerSpec { Url = new Uri(url) } };

    private static List<DateTimeOffset> Made(ScheduleRecord record) =>
        [.. record.Progress.Recent.Where(run => !run.IsStored).Select(run => run.ScheduledFor)];
}
