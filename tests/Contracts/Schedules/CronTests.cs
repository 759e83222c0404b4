using Contracts.Schedules;

namespace Tests.Contracts.Schedules;

/// <summary>Each feature of cron expressions, in both dialects.</summary>
public sealed class CronTests
{
    // 2026-01-01 is a Thursday.
    [TestCase("* * * * *", "01-01 00:00", "01-01 00:01", "01-01 00:02")]
    [TestCase("30 * * * * *", "01-01 00:00:30", "01-01 00:01:30")]
    [TestCase("*/20 * * * *", "01-01 00:00", "01-01 00:20", "01-01 00:40", "01-01 01:00")]
    [TestCase("5/20 * * * *", "01-01 00:05", "01-01 00:25", "01-01 00:45", "01-01 01:05")]
    [TestCase("10-20/5 * * * *", "01-01 00:10", "01-01 00:15", "01-01 00:20", "01-01 01:10")]
    [TestCase("1,3,2 0 * * *", "01-01 00:01", "01-01 00:02", "01-01 00:03", "01-02 00:01")]
    [TestCase("0 22-2/2 * * *", "01-01 00:00", "01-01 02:00", "01-01 22:00", "01-02 00:00")]
    [TestCase("0 0 * * 0", "01-04 00:00", "01-11 00:00")]
    [TestCase("0 0 * * 7", "01-04 00:00", "01-11 00:00")]
    [TestCase("0 0 * * sun", "01-04 00:00", "01-11 00:00")]
    [TestCase("0 0 * * FRI-MON", "01-02 00:00", "01-03 00:00", "01-04 00:00", "01-05 00:00", "01-09 00:00")]
    [TestCase("0 0 * * 6-7", "01-03 00:00", "01-04 00:00", "01-10 00:00")]
    [TestCase("0 0 * * 7-1", "01-04 00:00", "01-05 00:00", "01-11 00:00")]
    [TestCase("0 0 1 MAR,nov *", "03-01 00:00", "11-01 00:00")]
    [TestCase("0 0 1 11-2 *", "01-01 00:00", "02-01 00:00", "11-01 00:00", "12-01 00:00")]
    [TestCase("0 0 28-2 * *", "01-01 00:00", "01-02 00:00", "01-28 00:00", "01-29 00:00")]
    [TestCase("0 0 13 * FRI", "01-02 00:00", "01-09 00:00", "01-13 00:00", "01-16 00:00")]
    [TestCase("0 0 */2 * FRI", "01-09 00:00", "01-23 00:00", "02-13 00:00")]
    [TestCase("0 0 13 * */5", "02-13 00:00", "03-13 00:00")]
    [TestCase("0 0 L * *", "01-31 00:00", "02-28 00:00", "03-31 00:00")]
    [TestCase("0 0 L-3 * *", "01-28 00:00", "02-25 00:00")]
    [TestCase("0 0 LW * *", "01-30 00:00", "02-27 00:00", "03-31 00:00")]
    [TestCase("0 0 L-3W * *", "01-28 00:00", "02-25 00:00", "03-27 00:00")]
    [TestCase("0 0 15W * *", "01-15 00:00", "02-16 00:00", "03-16 00:00")]
    [TestCase("0 0 1W,15,L * *", "01-01 00:00", "01-15 00:00", "01-31 00:00", "02-02 00:00")]
    [TestCase("0 0 31W * *", "01-30 00:00", "03-31 00:00", "05-29 00:00")]
    [TestCase("0 0 * * 5L", "01-30 00:00", "02-27 00:00")]
    [TestCase("0 0 * * FRIL,MON#1", "01-05 00:00", "01-30 00:00", "02-02 00:00")]
    [TestCase("0 0 * * 4#5", "01-29 00:00", "04-30 00:00")]
    [TestCase("0 0 29 2 *", "2028-02-29 00:00", "2032-02-29 00:00")]
    [TestCase("@hourly", "01-01 00:00", "01-01 01:00")]
    [TestCase("@Weekly", "01-04 00:00", "01-11 00:00")]
    [TestCase("@yearly", "01-01 00:00", "2027-01-01 00:00")]
    [TestCase("  0\t12  1 * * ", "01-01 12:00", "02-01 12:00")]
    public void Crontabs_dialect(string cron, params string[] expected) => Check(cron, CronDialect.Vixie, expected);

    [TestCase("0 0 12 * * ?", "01-01 12:00", "01-02 12:00")]
    [TestCase("0 0 12 ? * *", "01-01 12:00", "01-02 12:00")]
    [TestCase("0 0 12 * * *", "01-01 12:00", "01-02 12:00")]
    [TestCase("0 0 12 15 * *", "01-15 12:00", "02-15 12:00")]
    [TestCase("0 0 0 ? * 1", "01-04 00:00", "01-11 00:00")]
    [TestCase("0 0 0 ? * 7", "01-03 00:00", "01-10 00:00")]
    [TestCase("0 0 0 ? * L", "01-03 00:00", "01-10 00:00")]
    [TestCase("0 0 0 ? * 6L", "01-30 00:00", "02-27 00:00")]
    [TestCase("0 0 0 ? * 6#3", "01-16 00:00", "02-20 00:00")]
    [TestCase("0 0 0 ? * MON-FRI", "01-01 00:00", "01-02 00:00", "01-05 00:00")]
    [TestCase("0 0 0 ? * 7-2", "01-03 00:00", "01-04 00:00", "01-05 00:00", "01-10 00:00")]
    [TestCase("0 0 0 ? * 1/2", "01-01 00:00", "01-03 00:00", "01-04 00:00", "01-06 00:00")]
    [TestCase("0 0 0 31W * ?", "01-30 00:00", "02-27 00:00", "03-31 00:00")]
    [TestCase("0 0 0 13 * FRI", "01-02 00:00", "01-09 00:00", "01-13 00:00")]
    [TestCase("0 0/15 8-9 ? * *", "01-01 08:00", "01-01 08:15")]
    public void Quartzs_dialect(string cron, params string[] expected) => Check(cron, CronDialect.Quartz, expected);

    [Test]
    public void The_time_asked_for_is_one_of_them_and_fractions_are_rounded_up()
    {
        var cron = AWhen.Cron("59 59 23 * * *", CronDialect.Vixie);

        Assert.That(cron.From(new DateTime(2026, 1, 1, 23, 59, 59)).First(), Is.EqualTo(new DateTime(2026, 1, 1, 23, 59, 59)));
        Assert.That(cron.From(new DateTime(2026, 1, 1, 23, 59, 59, 1)).First(), Is.EqualTo(new DateTime(2026, 1, 2, 23, 59, 59)));
    }

    [Test]
    public void The_calendars_end_is_an_end()
    {
        var cron = AWhen.Cron("0 0 1 1 *", CronDialect.Vixie);

        Assert.That(cron.From(new DateTime(9998, 1, 1)).Count(), Is.EqualTo(1));
        Assert.That(cron.From(new DateTime(9998, 1, 2)), Is.Empty);
    }

    private static void Check(string cron, CronDialect dialect, string[] expected)
    {
        var start = new DateTime(2026, 1, 1);
        var found = AWhen.Cron(cron, dialect).From(start).Take(expected.Length);
        Assert.That(found, Is.EqualTo(expected.Select(text => DateTime.Parse(
            text.Length > 15 || text.StartsWith("20", StringComparison.Ordinal) ? text : $"2026-{text}",
            System.Globalization.CultureInfo.InvariantCulture))));
    }
}
