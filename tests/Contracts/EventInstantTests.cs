using Contracts.Common;

namespace Tests.Contracts;

/// <summary>The table of docs/devices.md: what is read, as which instant, and what is refused, for which reason.</summary>
public sealed class EventInstantTests
{
    [TestCase("2023-01-01T00:00:00Z", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01t00:00:00z", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01 00:00:00Z", "2023-01-01T00:00:00Z")]
    [TestCase("  2023-01-01T00:00:00Z ", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01T01:00:00+01:00", "2023-01-01T00:00:00Z")]
    [TestCase("2022-12-31T14:30:00-09:30", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01T01:00:00+0100", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01T01:00:00+01", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01T00:00:00-00:00", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01T00:00:00 UTC", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01T00:00:00 gmt", "2023-01-01T00:00:00Z")]
    [TestCase("2022-12-31T23:00:00\u221201:00", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01T00:00Z", "2023-01-01T00:00:00Z")]
    [TestCase("20230101T000000Z", "2023-01-01T00:00:00Z")]
    [TestCase("20230101T0000Z", "2023-01-01T00:00:00Z")]
    [TestCase("2023/01/01 00:00:00Z", "2023-01-01T00:00:00Z")]
    [TestCase("2022-12-31T24:00:00Z", "2023-01-01T00:00:00Z")]
    [TestCase("Sun, 01 Jan 2023 00:00:00 GMT", "2023-01-01T00:00:00Z")]
    [TestCase("Sun, 1 Jan 2023 01:00:00 +0100", "2023-01-01T00:00:00Z")]
    [TestCase("Sun, 01 Jan 2023 00:00 +0000", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01T01:00:00+01:00[Europe/Berlin]", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01T00:00:00Z[UTC][u-ca=iso8601]", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01 00:00:00 +0000 UTC", "2023-01-01T00:00:00Z")]
    [TestCase("2023-01-01 01:00:00.5 +0100 CET", "2023-01-01T00:00:00.5Z")]
    [TestCase("2023-01-01T00:00:00.5Z", "2023-01-01T00:00:00.5Z")]
    [TestCase("2023-01-01T00:00:00,25Z", "2023-01-01T00:00:00.25Z")]
    [TestCase("2023-01-01T00:00:00.1234567Z", "2023-01-01T00:00:00.1234567Z")]
    [TestCase("2023-01-01T00:00:00.123456789Z", "2023-01-01T00:00:00.1234567Z")]
    [TestCase("1672531200", "2023-01-01T00:00:00Z")]
    [TestCase("1672531200.25", "2023-01-01T00:00:00.25Z")]
    [TestCase("1.6725312e9", "2023-01-01T00:00:00Z")]
    [TestCase("1672531200000", "2023-01-01T00:00:00Z")]
    [TestCase("1672531200250", "2023-01-01T00:00:00.25Z")]
    [TestCase("1672531200000001", "2023-01-01T00:00:00.000001Z")]
    [TestCase("1672531200000000100", "2023-01-01T00:00:00.0000001Z")]
    [TestCase("0", "1970-01-01T00:00:00Z")]
    [TestCase("-1", "1969-12-31T23:59:59Z")]
    [TestCase("-1.5", "1969-12-31T23:59:58.5Z")]
    [TestCase("99999999999", "5138-11-16T09:46:39Z")]
    [TestCase("100000000000", "1973-03-03T09:46:40Z")]
    [TestCase("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    [TestCase("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z")]
    [TestCase("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z")]
    public void Read_of_what_has_one_meaning_gives_that_instant(string text, string expected)
    {
        Assert.That(EventInstant.Read(text, out var instant), Is.Null);
        Assert.That((ShortInstant.ToString(instant), instant.Offset), Is.EqualTo((expected, TimeSpan.Zero)));
        Assert.That(TickTime.ToInstant(TickTime.Of(instant)), Is.EqualTo(instant));
    }

    [Test]
    public void Read_of_eight_digits_takes_a_number_for_seconds_and_refuses_text_that_could_be_a_day()
    {
        Assert.That(EventInstant.Read("20230101", isNumber: true, out var instant), Is.Null);
        Assert.That(instant, Is.EqualTo(DateTimeOffset.FromUnixTimeSeconds(20_230_101)));
        Assert.That(EventInstant.Read("20230101", out _), Does.Contain("without a time"));
    }

    [TestCase("", "such as")]
    [TestCase(" ", "such as")]
    [TestCase("yesterday", "such as")]
    [TestCase("2023-01-01T00:00:00", "offset")]
    [TestCase("2023-01-01T00:00:00[Europe/Berlin]", "offset")]
    [TestCase("2023-01-01T01:00:00+01:00[!Europe/Berlin]", "such as")]
    [TestCase("2023-01-01T01:00:00+01:00 Europe/Berlin", "such as")]
    [TestCase("2023-01-01T01:00:00 CET", "such as")]
    [TestCase("2023-01-01T00:00:00Z]", "such as")]
    [TestCase("Mon, 01 Jan 2023 00:00:00 +0000", "such as")]
    [TestCase("Sun, 01 Jan 2023 00:00:00", "such as")]
    [TestCase("Sun, 01 Jan 2023 00:00:00 EST", "such as")]
    [TestCase("2023-01-01", "without a time")]
    [TestCase("20230101", "such as|without a time")]
    [TestCase("01/02/2023 00:00:00Z", "differs from country")]
    [TestCase("1.2.2023 00:00", "differs from country")]
    [TestCase("2023-02-30T00:00:00Z", "calendar")]
    [TestCase("2023-02-29T00:00:00Z", "calendar")]
    [TestCase("2023-13-01T00:00:00Z", "calendar")]
    [TestCase("0000-01-01T00:00:00Z", "calendar")]
    [TestCase("2023-01-01T25:00:00Z", "time of day")]
    [TestCase("2023-01-01T24:00:01Z", "time of day")]
    [TestCase("2023-01-01T00:60:00Z", "time of day")]
    [TestCase("2016-12-31T23:59:60Z", "leap second")]
    [TestCase("2023-01-01T00:00:00+25:00", "offset that does not exist")]
    [TestCase("2023-01-01T00:00:00+01:60", "offset that does not exist")]
    [TestCase("2023-01-01T00:00:00CET", "such as")]
    [TestCase("2023-01-01T00:00:00.Z", "such as")]
    [TestCase("2023-01-01T00:00.5Z", "such as")]
    [TestCase("2023-1-1T00:00:00Z", "such as")]
    [TestCase("2023-W01-1T00:00:00Z", "such as")]
    [TestCase("0001-01-01T00:00:00+00:01", "years 1 to 9999")]
    [TestCase("1e30", "such as|too large")]
    [TestCase("100000000000000000000", "too large")]
    [TestCase("-99999999999", "years 1 to 9999")]
    [TestCase("NaN", "such as")]
    [TestCase("0x10", "such as")]
    [TestCase("2023-01-01T00:00:00Z, 2023-01-01T00:00:00Z, 2023-01-01T00:00:00Z!", "64 characters")]
    public void Read_of_anything_else_says_why_not(string text, string reason) =>
        Assert.That(EventInstant.Read(text, out _), Does.Match(reason));
}
