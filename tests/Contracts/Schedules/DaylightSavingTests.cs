using Contracts.Schedules;

namespace Tests.Contracts.Schedules;

/// <summary>Runs on days on which clocks are changed.</summary>
public sealed class DaylightSavingTests
{
    private const string Berlin = "Europe/Berlin";

    // On 2026-03-29 02:00 becomes 03:00; on 2026-10-25 03:00 becomes 02:00.
    [TestCase("30 2 * * *", GapRule.Shift, "2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00")]
    [TestCase("30 2 * * *", GapRule.Skip, "2026-03-28T02:30:00+01:00", "2026-03-30T02:30:00+02:00")]
    [TestCase("0 2 * * *", GapRule.Shift, "2026-03-28T02:00:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00")]
    [TestCase("0 3 * * *", GapRule.Skip, "2026-03-28T03:00:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T03:00:00+02:00")]
    [TestCase("45 2,3 * * *", GapRule.Shift, "2026-03-28T02:45:00+01:00", "2026-03-28T03:45:00+01:00", "2026-03-29T03:45:00+02:00",
        "2026-03-30T02:45:00+02:00")]
    [TestCase("15,45 1-3 29 3 *", GapRule.Shift, "2026-03-29T01:15:00+01:00", "2026-03-29T01:45:00+01:00", "2026-03-29T03:15:00+02:00",
        "2026-03-29T03:45:00+02:00", "2027-03-29T01:15:00+02:00")]
    [TestCase("50 2 29 3 *", GapRule.Shift, "2026-03-29T03:50:00+02:00", "2027-03-29T02:50:00+02:00")]
    public void Gap(string cron, GapRule gap, params string[] expected) => Assert.That(
        AWhen.Runs(new ScheduleWhen { Cron = cron, Zone = Berlin, Gap = gap }, "2026-03-28T00:00:00Z", expected.Length),
        Is.EqualTo(expected));

    [TestCase("30 2 * * *", FoldRule.First, "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00")]
    [TestCase("30 2 * * *", FoldRule.Both, "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-26T02:30:00+01:00")]
    [TestCase("0 3 * * *", FoldRule.Both, "2026-10-25T03:00:00+01:00", "2026-10-26T03:00:00+01:00")]
    [TestCase("0 2 * * *", FoldRule.First, "2026-10-25T02:00:00+02:00", "2026-10-26T02:00:00+01:00")]
    [TestCase("0 * * * *", FoldRule.First, "2026-10-25T01:00:00+02:00", "2026-10-25T02:00:00+02:00", "2026-10-25T03:00:00+01:00")]
    [TestCase("30 * * * *", FoldRule.Both, "2026-10-25T01:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00",
        "2026-10-25T03:30:00+01:00")]
    [TestCase("30 2 * * *", null, "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00", Description = "a time of day")]
    [TestCase("*/30 2 * * *", null, "2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00",
        Description = "what goes on")]
    public void Fold(string cron, FoldRule? fold, params string[] expected) => Assert.That(
        AWhen.Runs(new ScheduleWhen { Cron = cron, Zone = Berlin, Fold = fold }, "2026-10-24T22:45:00Z", expected.Length),
        Is.EqualTo(expected));

    [TestCase("2026-10-25T00:30:00Z", "2026-10-25T02:30:00+01:00", Description = "the second one follows the first")]
    [TestCase("2026-10-25T01:30:00Z", "2026-10-26T02:30:00+01:00", Description = "and is followed by the next day's")]
    [TestCase("2026-03-29T00:59:59Z", "2026-03-29T03:30:00+02:00", Description = "from before the gap")]
    [TestCase("2026-03-29T01:10:00Z", "2026-03-29T03:30:00+02:00", Description = "from behind the gap, but before what it shifts")]
    [TestCase("2026-03-29T01:30:00Z", "2026-03-30T02:30:00+02:00", Description = "from what it shifts")]
    public void The_next_run_follows_from_any_instant(string after, string expected) => Assert.That(
        AWhen.Runs(new ScheduleWhen { Cron = "30 2 * * *", Zone = Berlin, Fold = FoldRule.Both }, after, 1),
        Is.EqualTo(new[] { expected }));

    [Test]
    public void What_is_shifted_keeps_its_place_among_the_others()
    {
        // 02:45 is shifted to 03:45, behind 03:10, which is named after it.
        var when = new ScheduleWhen { Rrule = "FREQ=DAILY;BYHOUR=2;BYMINUTE=45;BYSECOND=0", Rdates = ["2026-03-29T03:10"], Zone = Berlin };

        Assert.That(AWhen.Runs(when with { StartAt = "2026-03-29T00:00" }, "2026-03-28T12:00:00Z", 3), Is.EqualTo(new[]
        {
            "2026-03-29T03:10:00+02:00", "2026-03-29T03:45:00+02:00", "2026-03-30T02:45:00+02:00",
        }));
    }

    [Test]
    public void Days_last_as_long_as_they_do_and_elapsed_time_does_not_care()
    {
        var days = new ScheduleWhen { Every = "P1D", Anchor = "2026-03-28T02:30", Zone = Berlin };

        Assert.That(AWhen.Runs(days, "2026-03-27T00:00:00Z", 3), Is.EqualTo(new[]
        {
            "2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00",
        }));
        Assert.That(AWhen.Runs(days with { Every = "PT24H" }, "2026-03-27T00:00:00Z", 3), Is.EqualTo(new[]
        {
            "2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-30T03:30:00+02:00",
        }));
    }

    [TestCase("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T00:00:00Z", "2026-10-04T02:45:00+11:00", "2026-10-05T02:15:00+11:00",
        Description = "by half an hour")]
    [TestCase("Antarctica/Troll", "30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T04:30:00+02:00", "2026-03-30T02:30:00+02:00",
        Description = "by two hours")]
    [TestCase("Pacific/Apia", "0 10 * * *", "2011-12-29T00:00:00Z", "2011-12-29T10:00:00-10:00", "2011-12-31T10:00:00+14:00",
        Description = "by a whole day, whose shifted run falls together with the next day's")]
    [TestCase("Africa/Casablanca", "30 2 * * *", "2026-03-21T12:00:00Z", "2026-03-22T03:30:00+01:00", "2026-03-23T02:30:00+01:00",
        Description = "at the end of Ramadan")]
    [TestCase("America/Sao_Paulo", "0 0 * * *", "2018-11-03T12:00:00Z", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00",
        Description = "at midnight")]
    [TestCase("Pacific/Chatham", "50 2 * * *", "2026-09-26T00:00:00Z", "2026-09-27T03:50:00+13:45", "2026-09-28T02:50:00+13:45",
        Description = "at a quarter to three")]
    public void Unusual_zones(string zone, string cron, string after, params string[] expected) => Assert.That(
        AWhen.Runs(new ScheduleWhen { Cron = cron, Zone = zone }, after, expected.Length), Is.EqualTo(expected));

    [Test]
    public void What_is_left_out_is_told()
    {
        var when = new ScheduleWhen { Cron = "*/30 2,3 * * *", Zone = Berlin, Gap = GapRule.Skip };
        var skip = AWhen.Times(when).Next(AWhen.At("2026-03-28T12:00:00Z"), 1);
        var shift = AWhen.Times(when with { Gap = GapRule.Shift }).Next(AWhen.At("2026-03-28T12:00:00Z"), 3);
        var fold = AWhen.Times(when with { Fold = FoldRule.First }).Next(AWhen.At("2026-10-25T00:30:00Z"), 1);

        Assert.That(skip.Runs[0].Skipped, Is.EqualTo(new[]
        {
            new SkippedTimes(new DateTime(2026, 3, 29, 2, 0, 0), new DateTime(2026, 3, 29, 2, 30, 0), 2, SkipReason.Gap, null),
        }));
        Assert.That(shift.Runs.SelectMany(run => run.Skipped).Select(each => (each.First.Hour, each.Reason)), Is.EqualTo(new[]
        {
            (2, SkipReason.Coincides), (2, SkipReason.Coincides),
        }));
        Assert.That(fold.Runs[0].Skipped, Is.EqualTo(new[]
        {
            new SkippedTimes(new DateTime(2026, 10, 25, 2, 0, 0), new DateTime(2026, 10, 25, 2, 30, 0), 2, SkipReason.Fold, null),
        }));
    }
}
