using System.Globalization;
using Producer.Events;

namespace Tests.Producer.Sites;

/// <summary>Steps of a zone's calendar, also where clocks are changed.</summary>
public sealed class ZonedStepsTests
{
    [TestCase("P1D", "Europe/Berlin", "2023-03-25T12:00Z", "2023-03-27T12:00Z",
        "2023-03-24T23:00Z 2023-03-25T23:00Z 2023-03-26T22:00Z 2023-03-27T22:00Z")]
    [TestCase("PT12H", "Europe/Berlin", "2023-10-29T00:00Z", "2023-10-29T23:00Z",
        "2023-10-28T22:00Z 2023-10-29T10:00Z 2023-10-29T22:00Z 2023-10-29T23:00Z")]
    [TestCase("PT7H", "UTC", "2023-01-01T20:00Z", "2023-01-02T01:00Z",
        "2023-01-01T14:00Z 2023-01-01T21:00Z 2023-01-02T00:00Z 2023-01-02T07:00Z")]
    [TestCase("PT1H", "Asia/Kolkata", "2023-01-01T00:00Z", "2023-01-01T01:00Z", "2022-12-31T23:30Z 2023-01-01T00:30Z 2023-01-01T01:30Z")]
    [TestCase("P1W", "UTC", "2023-01-04T00:00Z", "2023-01-09T00:00Z", "2023-01-02T00:00Z 2023-01-09T00:00Z")]
    [TestCase("P1M", "America/New_York", "2023-01-31T23:00Z", "2023-02-28T23:00Z", "2023-01-01T05:00Z 2023-02-01T05:00Z 2023-03-01T05:00Z")]
    [TestCase("P1Y", "UTC", "2023-01-31T23:00Z", "2023-02-28T23:00Z", "2023-01-01T00:00Z 2024-01-01T00:00Z")]
    [TestCase("P1D", "America/Sao_Paulo", "2018-11-03T12:00Z", "2018-11-04T12:00Z",
        "2018-11-03T03:00Z 2018-11-04T03:00Z 2018-11-05T02:00Z")]
    [TestCase("P1D", "Pacific/Apia", "2011-12-29T12:00Z", "2011-12-31T12:00Z",
        "2011-12-29T10:00Z 2011-12-30T10:00Z 2011-12-31T10:00Z 2012-01-01T10:00Z")]
    [TestCase("P1D", "UTC", "9999-12-31T12:00Z", "9999-12-31T13:00Z", "9999-12-31T00:00Z 9999-12-31T23:59Z")]
    public void Boundaries_are_those_of_the_zone(string resolution, string zone, string from, string to, string expected) => Assert.That(
        string.Join(' ', Steps(resolution, zone).Boundaries(Read(from), Read(to), 100)!.Select(
            each => each.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture))),
        Is.EqualTo(expected));

    [TestCase("America/Asuncion")]
    [TestCase("America/Coyhaique")]
    [TestCase("Asia/Amman")]
    [TestCase("Asia/Damascus")]
    [TestCase("Africa/Casablanca")]
    [TestCase("Africa/Cairo")]
    public void Every_day_of_forty_years_is_one_step(string zone)
    {
        var boundaries = Steps("P1D", zone).Boundaries(Read("1986-01-01T12:00Z"), Read("2026-01-01T12:00Z"), 20_000)!;

        Assert.That(boundaries, Is.Ordered.And.Unique);
        Assert.That(boundaries, Has.Count.EqualTo(14_612));
        Assert.That(boundaries.Zip(boundaries.Skip(1), (one, next) => (next - one).TotalHours), Is.All.InRange(22, 26));
    }

    [Test]
    public void More_steps_than_asked_for_are_none() => Assert.That(
        (Steps("PT1S", "UTC").Boundaries(Read("2023-01-01T00:00Z"), Read("2023-01-01T00:01Z"), 59),
            Steps("PT1S", "UTC").Boundaries(Read("2023-01-01T00:00Z"), Read("2023-01-01T00:01Z"), 60)?.Count),
        Is.EqualTo(((List<DateTimeOffset>?)null, (int?)61)));

    [TestCase("P1DT1H", false)]
    [TestCase("P2D", true)]
    [TestCase("PT0.5S", true)]
    public void Steps_are_parts_of_days_or_whole_ones(string resolution, bool can) =>
        Assert.That(ZonedSteps.CanUse(Resolution.TryRead(resolution)!), Is.EqualTo(can));

    private static ZonedSteps Steps(string resolution, string zone) =>
        new(Resolution.TryRead(resolution)!, TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateTimeOffset Read(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
