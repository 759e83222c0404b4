using Contracts.Schedules;

namespace Tests.Contracts.Schedules;

/// <summary>A wrong expression's error names the character and says what would be meant.</summary>
public sealed class ExpressionFaultsTests
{
    [TestCase("61 * * * *", "character 1: 61 is no minute: minutes are 0 to 59")]
    [TestCase("60 * * * *", "character 1: 60 is no minute: minutes are 0 to 59; the full one is 0")]
    [TestCase("0 24 * * *", "character 3: 24 is no hour: hours are 0 to 23; midnight is 0")]
    [TestCase("0 0 32 * *", "character 5: 32 is no day of the month: days of the month are 1 to 31")]
    [TestCase("0 0 1 13 *", "character 7: 13 is no month: months are 1 to 12")]
    [TestCase("0 0 * * 8", "character 9: 8 is no day of the week: days of the week are 0 to 7, and both 0 and 7 are Sunday")]
    [TestCase("0 0 * * MONDAY", "character 9: names have three letters: MON instead of MONDAY")]
    [TestCase("0 0 * * FRX", "character 9: FRX is no day of the week: names are SUN, MON, TUE, WED, THU, FRI, SAT")]
    [TestCase("0 0 * SEPT *", "character 7: names have three letters: SEP instead of SEPT")]
    [TestCase("*/0 * * * *", "character 3: a step must be at least 1")]
    [TestCase("*/90 * * * *",
        "character 3: a step of 90 is too large for minutes, and steps begin anew with each hour; \"every\": \"PT90M\" would go on")]
    [TestCase("0 */24 * * *",
        "character 5: a step of 24 is too large for hours, and steps begin anew with each day; \"every\": \"PT24H\" would go on")]
    [TestCase("*/x * * * *", "character 3: / is followed by a number: */5 means every fifth")]
    [TestCase("0 0 ? * *", "character 5: ? is of Quartz's dialect (\"dialect\": \"quartz\"): write *")]
    [TestCase("0 0 * * L", "character 9: L needs its day of the week in front of it: FRIL for the last Friday of the month")]
    [TestCase("0 0 * * 5#6", "character 11: # is followed by which one of the month, 1 to 5; the last one is written with L, as in FRIL")]
    [TestCase("0 0 L-31 * *", "character 7: L- is followed by the number of days before the last one of the month, 0 to 30")]
    [TestCase("0 0 * 5L *", "character 8: L may stand in the day fields only: L for the last day of the month, FRIL for its last Friday")]
    [TestCase("0 0 * * 5W", "character 10: W stands behind a day of the month only: 15W, or LW")]
    [TestCase("0 0 5#1 * *", "character 6: # stands behind a day of the week only: MON#2")]
    [TestCase("0 0 1,, * *", "character 7: a day of the month is missing: days of the month are 1 to 31")]
    [TestCase("0 0 1-x * *", "character 7: 'x' is not expected here: days of the month are 1 to 31, with , - * and /")]
    [TestCase("0 0 1+2 * *", "character 6: '+' is not expected here: days of the month are 1 to 31, with , - * and /")]
    [TestCase("99999999999 * * * *", "character 1: 99999999999 is no minute: minutes are 0 to 59")]
    [TestCase("0 0 30 2 *", "character 5: never fires: no year has such a day (30 2 *)")]
    [TestCase("0 0 31 4,6,9,11 *", "character 5: never fires: no year has such a day (31 4,6,9,11 *)")]
    [TestCase("0 0 30W FEB *", "character 5: never fires: no year has such a day (30W FEB *)")]
    [TestCase("* * * *", "character 7: must have five fields: minute, hour, day of the month, month, day of the week, such as "
        + "0 8 * * MON-FRI; or six, with seconds first")]
    [TestCase("0 0 12 * * MON 2030", "character 16: there is no field for years: startAt and endAt bound them")]
    [TestCase("@reboot", "character 1: @reboot never fires here: nothing is rebooted")]
    [TestCase("@often", "character 1: known names are @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly")]
    public void Crontabs_dialect(string cron, string fault) =>
        Assert.That(AWhen.Faults(new ScheduleWhen { Cron = cron }), Is.EqualTo(new[] { $"cron: {fault}" }));

    [TestCase("0 12 * * ?", "character 1: Quartz's dialect has six fields, seconds first: 0 0 12 * * ?")]
    [TestCase("0 0 12 ? * 0",
        "character 12: 0 is no day of the week: days of the week are 1 to 7, and 1 is Sunday; Sunday is 1 in Quartz's dialect")]
    [TestCase("? 0 12 * * ?", "character 1: ? may stand only for a day: write *")]
    [TestCase("@daily", "character 1: Quartz's dialect has no such names")]
    public void Quartzs_dialect(string cron, string fault) => Assert.That(
        AWhen.Faults(new ScheduleWhen { Cron = cron, Dialect = CronDialect.Quartz }), Is.EqualTo(new[] { $"cron: {fault}" }));

    [Test]
    public void Each_wrong_field_of_an_expression_is_told() => Assert.That(
        AWhen.Faults(new ScheduleWhen { Cron = "60 24 0 0 8" }).Select(fault => fault.Split(':')[1].Trim()),
        Is.EqualTo(new[] { "character 1", "character 4", "character 7", "character 9", "character 11" }));

    [TestCase("INTERVAL=2", "needs FREQ, such as FREQ=DAILY")]
    [TestCase("FREQ=DAYLY", "character 6: 'DAYLY' is no frequency: YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY")]
    [TestCase("FREQ=3", "character 6: '3' is no frequency: YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY")]
    [TestCase("FREQ=DAILY;INTERVAL=0", "character 21: INTERVAL must be a number from 1 to 1000000")]
    [TestCase("FREQ=DAILY;BYHOUR=8,24", "character 21: '24' is not allowed in BYHOUR: numbers are 0 to 23; midnight is 0")]
    [TestCase("RRULE:FREQ=DAILY;BYSECOND=60",
        "character 27: '60' is not allowed in BYSECOND: numbers are 0 to 59; leap seconds do not exist on this clock")]
    [TestCase("FREQ=MONTHLY;BYMONTHDAY=0",
        "character 25: '0' is not allowed in BYMONTHDAY: numbers are 1 to 31, or -31 to -1, counted from the end")]
    [TestCase("FREQ=MONTHLY;BYDAY=FRI", "character 20: 'FRI' is no day: a weekday such as FR, the first as 1FR, or the last as -1FR")]
    [TestCase("FREQ=MONTHLY;BYDAY=1XX", "character 21: 'XX' is no weekday in BYDAY: MO, TU, WE, TH, FR, SA, SU")]
    [TestCase("FREQ=WEEKLY;BYDAY=1FR", "character 13: BYDAY may say which one only with FREQ=MONTHLY or YEARLY")]
    [TestCase("FREQ=YEARLY;BYWEEKNO=3;BYDAY=1FR", "character 24: BYDAY may say which one only without BYWEEKNO")]
    [TestCase("FREQ=MONTHLY;BYWEEKNO=3", "character 14: BYWEEKNO stands only with FREQ=YEARLY")]
    [TestCase("FREQ=DAILY;BYYEARDAY=3", "character 12: BYYEARDAY does not stand with FREQ=DAILY")]
    [TestCase("FREQ=WEEKLY;BYMONTHDAY=3", "character 13: BYMONTHDAY does not stand with FREQ=WEEKLY")]
    [TestCase("FREQ=DAILY;BYSETPOS=1", "character 12: BYSETPOS stands only with another BY part, of whose times it takes some")]
    [TestCase("FREQ=DAILY;COUNT=2;UNTIL=20300101", "character 20: UNTIL must not stand together with COUNT")]
    [TestCase("FREQ=DAILY;UNTIL=2030-01-01",
        "character 18: UNTIL must be as in 20301231T235959Z, 20301231T235959 (of the zone) or 20301231 (the whole day)")]
    [TestCase("FREQ=DAILY;FREQ=DAILY", "character 12: FREQ stands there twice")]
    [TestCase("FREQ=DAILY;COUNT", "character 16: COUNT needs a value: COUNT=…")]
    [TestCase("FREQ=DAILY;BYEASTER=0", "character 12: 'BYEASTER' is no part of a rule: FREQ, INTERVAL, COUNT, UNTIL, WKST, BYSECOND, "
        + "BYMINUTE, BYHOUR, BYDAY, BYMONTHDAY, BYYEARDAY, BYWEEKNO, BYMONTH, BYSETPOS")]
    [TestCase("FREQ=DAILY\nEXDATE:20300101",
        "character 11: there is one rule: DTSTART is anchor, EXDATE is exdates and RDATE is rdates here")]
    [TestCase("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never fires: no day and time are as it says")]
    [TestCase("FREQ=HOURLY;INTERVAL=2;BYHOUR=1", "never fires: no day and time are as it says")]
    [TestCase("FREQ=MINUTELY;BYMONTH=6;BYMONTHDAY=31", "never fires: no day and time are as it says")]
    [TestCase("FREQ=MONTHLY;BYDAY=1FR;BYSETPOS=2", "never fires: no day and time are as it says")]
    [TestCase("FREQ=YEARLY;BYSETPOS=1;BYHOUR=0,1,2,3,4,5,6,7,8,9;BYMINUTE=0,1,2,3,4,5,6,7,8,9",
        "BYSETPOS takes some of at most 20,000 times a period; here there are 36,600")]
    public void Rules(string rrule, string fault) =>
        Assert.That(AWhen.Faults(new ScheduleWhen { Rrule = rrule }), Is.EqualTo(new[] { $"rrule: {fault}" }));

    [TestCase("90M", "character 1: must be an ISO 8601 duration such as PT15M, P1D, P2W or P1M")]
    [TestCase("P5", "character 2: a number needs its unit, such as PT15M")]
    [TestCase("P5H", "character 3: hours, minutes and seconds stand behind a T: PT5H")]
    [TestCase("PT5M3H", "character 6: must be an ISO 8601 duration such as PT15M, P1D, P2W or P1M")]
    [TestCase("P1.5D", "character 2: only seconds may have a fraction")]
    [TestCase("P1DT12H", "must not mix days of the calendar with hours: PT36H counts elapsed time, P1D keeps the time of day")]
    [TestCase("P1MT12H", "must not mix days of the calendar with hours: P1D keeps the time of day")]
    [TestCase("PT0.5S", "must be at least a second")]
    [TestCase("P0D", "must be at least a second")]
    [TestCase("P101Y", "must not be longer than 100 years")]
    [TestCase("PT1.0005S", "must be whole milliseconds")]
    [TestCase("P", "character 1: must be an ISO 8601 duration such as PT15M, P1D, P2W or P1M")]
    [TestCase("PT", "character 2: must be an ISO 8601 duration such as PT15M, P1D, P2W or P1M")]
    public void Durations(string every, string fault) =>
        Assert.That(AWhen.Faults(new ScheduleWhen { Every = every }), Is.EqualTo(new[] { $"every: {fault}" }));
}
