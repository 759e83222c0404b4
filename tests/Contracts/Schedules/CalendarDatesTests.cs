using Contracts.Schedules;

namespace Tests.Contracts.Schedules;

/// <summary>Dates of calendars: single ones, ranges, those of every year, and days of the week.</summary>
public sealed class CalendarDatesTests
{
    [TestCase("2030-12-25", "2030-12-25", "2030-12-24 2030-12-26 2031-12-25")]
    [TestCase("2030-07-01/2030-08-31", "2030-07-01 2030-07-15 2030-08-31", "2030-06-30 2030-09-01 2031-07-15")]
    [TestCase("12-25", "2030-12-25 2031-12-25 0001-12-25 9999-12-25", "2030-12-24 2030-12-26")]
    [TestCase("02-28/03-01", "2030-02-28 2030-03-01 2032-02-29", "2030-02-27 2030-03-02")]
    [TestCase("02-29", "2032-02-29", "2030-02-28 2030-03-01 2032-02-28 2032-03-01")]
    [TestCase("12-24/01-02", "2030-12-24 2030-12-31 2031-01-01 2031-01-02", "2030-12-23 2031-01-03 2031-06-01")]
    [TestCase("01-01/12-31", "2030-01-01 2032-02-29 2030-12-31", "")]
    [TestCase("SAT", "2030-06-01 2030-06-08", "2030-05-31 2030-06-02")]
    [TestCase("sun", "2030-06-02", "2030-06-01 2030-06-03")]
    public void An_entry_holds_its_dates(string entry, string dates, string others)
    {
        var calendar = CalendarDates.Read([entry]);

        Assert.That(Dates(dates).Where(date => !calendar.Contains(date)), Is.Empty);
        Assert.That(Dates(others).Where(calendar.Contains), Is.Empty);
    }

    [TestCase("")]
    [TestCase(" 2030-12-25")]
    [TestCase("2030-02-29")]
    [TestCase("02-30")]
    [TestCase("1-1")]
    [TestCase("2030-12-25/")]
    [TestCase("2030-12-25/12-26")]
    [TestCase("2030-12-25/2030-12-26/2030-12-27")]
    [TestCase("SATURDAY")]
    [TestCase("SAT/SUN")]
    public void What_is_no_date_is_told(string entry)
    {
        Assert.That(CalendarDates.FindProblem(entry), Does.StartWith("must be a date such as 2030-12-25"));
        Assert.That(() => CalendarDates.Read([entry]), Throws.InstanceOf<FormatException>());
    }

    [Test]
    public void A_range_that_ends_before_it_begins_is_told() =>
        Assert.That(CalendarDates.FindProblem("2030-12-25/2030-12-24"), Is.EqualTo("ends before it begins"));

    [Test]
    public void The_same_dates_are_the_same_texts()
    {
        var one = CalendarDates.Read(["sun", "12-25/12-25", "2030-01-02", "SAT", "2030-01-01", "2030-01-02/2030-01-02", "01-01"]);

        Assert.That(one.Entries, Is.EqualTo(new[] { "2030-01-01", "2030-01-02", "01-01", "12-25", "SAT", "SUN" }));
        Assert.That(CalendarDates.Read(one.Entries.Reverse()).Entries, Is.EqualTo(one.Entries));
    }

    [Test]
    public void Many_ranges_hold_what_each_of_them_holds()
    {
        var random = new Random(ScheduleRounds.Seed);
        var first = new DateOnly(2030, 1, 1);
        for (var round = 0; round < 50; round++)
        {
            var ranges = Enumerable.Range(0, random.Next(1, 30)).Select(_ => first.AddDays(random.Next(200)))
                .Select(from => (From: from, To: from.AddDays(random.Next(10)))).ToList();
            var calendar = CalendarDates.Read(ranges.Select(range => $"{range.From:yyyy-MM-dd}/{range.To:yyyy-MM-dd}"));
            for (var date = first.AddDays(-2); date < first.AddDays(220); date = date.AddDays(1))
            {
                Assert.That(calendar.Contains(date), Is.EqualTo(ranges.Any(range => date >= range.From && date <= range.To)), $"{date:O}");
            }
        }
    }

    [Test]
    public void What_was_stored_before_there_were_ranges_is_read_and_is_the_same_text()
    {
        const string Stored = """
            {"cron":"0 0 * * *","calendars":[{"name":"c","excluded":["2030-01-01","2030-01-02"],"included":[]}]}
            """;
        var when = System.Text.Json.JsonSerializer.Deserialize(Stored, SchedulesJson.Default.ScheduleWhen)!;

        Assert.That(when.Calendars!.Single().Allows(new DateOnly(2030, 1, 2)), Is.False);
        Assert.That(when.SharedCalendars, Is.Empty);
        Assert.That(System.Text.Encoding.UTF8.GetString(ScheduleText.Of(when)), Is.EqualTo(Stored));
    }

    private static IEnumerable<DateOnly> Dates(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(each => DateOnly.ParseExact(each, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
}
