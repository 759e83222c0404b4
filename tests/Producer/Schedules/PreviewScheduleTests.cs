using System.Text.Json;

namespace Tests.Producer.Schedules;

/// <summary>POST /schedules/preview.</summary>
public sealed class PreviewScheduleTests : RestTests
{
    private const string Preview = "/api/v1/schedules/preview";

    [Test]
    public async Task Runs_are_shown_with_what_daylight_saving_and_calendars_do_to_them()
    {
        var answer = await PostAsync(Preview, """
            {
              "cron": "30 2 * * *", "zone": "Europe/Berlin", "after": "2026-03-28T12:00:00Z", "count": 2,
              "calendars": [{ "name": "holidays", "exclude": ["2026-03-30"] }]
            }
            """);

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer["zone"], Is.EqualTo("Europe/Berlin"));
        Assert.That(answer["zoneDatabase"], Does.Match("^20[0-9]{2}[a-z]$"));
        Assert.That(JsonElement.DeepEquals(answer.Json.GetProperty("runs"), JsonElement.Parse("""
            [
              {
                "at": "2026-03-29T01:30:00.000Z",
                "local": "2026-03-29T03:30:00+02:00",
                "note": "2026-03-29T02:30:00 does not exist, because clocks are put forward: the run is moved later by as much.",
                "movedFrom": "2026-03-29T02:30:00"
              },
              {
                "at": "2026-03-31T00:30:00.000Z",
                "local": "2026-03-31T02:30:00+02:00",
                "note": "2026-03-30T02:30:00 is left out: the calendar 'holidays' leaves out its date.",
                "skipped": [{ "first": "2026-03-30T02:30:00", "count": 1, "reason": "calendar", "calendar": "holidays" }]
              }
            ]
            """)), Is.True, answer.Text);
        Assert.That(answer.Json.TryGetProperty("end", out _), Is.False);
    }

    [Test]
    public async Task A_time_that_comes_twice_says_which_one_it_is()
    {
        var answer = await PostAsync(Preview, """
            { "cron": "0,30 2 * * *", "zone": "Europe/Berlin", "after": "2026-10-24T12:00:00Z", "count": 4, "fold": "both" }
            """);

        Assert.That(Runs(answer).Select(run => run.GetProperty("local").GetString()), Is.EqualTo(new[]
        {
            "2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00",
        }));
        Assert.That(Runs(answer).Select(run => run.GetProperty("fold").GetInt32()), Is.EqualTo(new[] { 1, 1, 2, 2 }));
        Assert.That(Runs(answer).Select(run => run.GetProperty("note").GetString()), Has.All.Contains("comes twice"));
    }

    [Test]
    public async Task Many_times_that_are_left_out_are_told_together()
    {
        var answer = await PostAsync(Preview, """
            {
              "cron": "* * * * *", "after": "2026-01-01T23:58:30Z", "count": 2,
              "calendars": [{ "name": "closed", "exclude": ["2026-01-02"] }]
            }
            """);

        var second = Runs(answer)[1];
        Assert.That(second.GetProperty("at").GetString(), Is.EqualTo("2026-01-03T00:00:00.000Z"));
        Assert.That(second.GetProperty("note").GetString(), Is.EqualTo(
            "1,440 times from 2026-01-02T00:00:00 to 2026-01-02T23:59:00 are left out: the calendar 'closed' leaves out its date."));
        Assert.That(second.GetProperty("skipped")[0].GetProperty("last").GetString(), Is.EqualTo("2026-01-02T23:59:00"));
    }

    [Test]
    public async Task Jitter_only_adds_and_is_the_same_again()
    {
        const string Schedule = """
            {
              "name": "n", "every": "PT1H", "anchor": "2026-01-01T00:00:00Z", "after": "2026-01-01T00:00:00Z", "jitter": "PT10M",
              "count": 50
            }
            """;
        var (first, again) = (await PostAsync(Preview, Schedule), await PostAsync(Preview, Schedule));
        var delays = Runs(first)
            .Select(run => run.GetProperty("at").GetDateTimeOffset() - run.GetProperty("scheduledFor").GetDateTimeOffset()).ToList();

        Assert.That(first["runs"], Is.EqualTo(again["runs"]));
        Assert.That(delays, Has.All.InRange(TimeSpan.Zero, TimeSpan.FromMinutes(10)));
        Assert.That(delays.Distinct().Count(), Is.GreaterThan(40));
        Assert.That(Runs(first)[0].GetProperty("local").GetString(), Is.EqualTo("2026-01-01T01:00:00+00:00"));
    }

    [TestCase("""{ "at": ["2098-01-01T00:00:00Z"] }""", "exhausted", 1)]
    [TestCase("""{ "every": "P1D", "maxRuns": 3 }""", "maxRuns", 3)]
    [TestCase("""{ "cron": "0 0 * * *", "startAt": "2098-01-01T00:00", "endAt": "2098-01-05T00:00" }""", "endAt", 5)]
    [TestCase("""{ "cron": "0 0 * * *", "after": "2030-01-01T00:00:00Z", "calendars": [{ "name": "c", "include": ["2030-02-01"] }] }""",
        "searched", 1)]
    public async Task Fewer_runs_than_asked_for_say_why(string body, string end, int count)
    {
        var answer = await PostAsync(Preview, body);

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That((answer["end"], Runs(answer).Count), Is.EqualTo((end, count)));
    }

    [TestCase("""{ "cron": "0 24 * * *" }""", "cron", "character 3: 24 is no hour: hours are 0 to 23; midnight is 0")]
    [TestCase("""{ "rrule": "FREQ=DAILY;BYHOUR=24" }""", "rrule",
        "character 19: '24' is not allowed in BYHOUR: numbers are 0 to 23; midnight is 0")]
    [TestCase("""{ "cron": "0 0 31 2 *" }""", "cron", "character 5: never fires: no year has such a day (31 2 *)")]
    [TestCase("""{ "at": ["2020-01-01T00:00:00Z"], "after": "2030-01-01T00:00:00Z" }""", "at",
        "never fires after 2030-01-01T00:00:00.000Z")]
    [TestCase("""{ "cron": "0 0 * * *", "zone": "Berlin" }""", "zone",
        "must be an IANA time zone such as Europe/Berlin; 'Berlin' is not known: Europe/Berlin would be")]
    [TestCase("{}", "cron", "give one of cron, rrule, every and at")]
    [TestCase("""{ "cron": 1 }""", "cron", "must be a string")]
    [TestCase("""{ "cron": "* * * * *", "dialect": "aws" }""", "dialect", "must be vixie or quartz")]
    [TestCase("""{ "every": "P1D", "dialect": "vixie" }""", "dialect", "stands only with cron")]
    [TestCase("""{ "every": "P1D", "gap": "move" }""", "gap", "must be shift or skip")]
    [TestCase("""{ "every": "P1D", "fold": "second" }""", "fold", "must be first or both")]
    [TestCase("""{ "every": "P1D", "jitter": "PT1M" }""", "name", "is required with jitter, which depends on it")]
    [TestCase("""{ "every": "P1D", "count": 101 }""", "count", "must be from 1 to 100")]
    [TestCase("""{ "every": "P1D", "Cron": "x" }""", "Cron", "is not a known field")]
    [TestCase("""{ "every": "P1D", "calendars": [{ "name": "c", "exclude": ["2026-02-30"] }] }""", "calendars[0].exclude[0]",
        "must be a date such as 2030-12-25, a range such as 2030-07-01/2030-08-31, a date of every year such as 12-25 or 12-24/01-01, or "
            + "a day of the week such as SAT")]
    [TestCase("""{ "every": "P1D", "calendars": [{ "name": "c", "dates": [] }] }""", "calendars[0].dates",
        "is not a known field; known are name, exclude, include")]
    [TestCase("""{ "every": "P1D", "calendars": {} }""", "calendars", "must be an array of calendars")]
    [TestCase("""{ "every": "P1D", "after": "9999-12-31T23:59:59Z" }""", "after", "must lie in the years 1900 to 9998")]
    [TestCase("""{ "every": "P1D", "after": "0001-01-01T00:00:00Z" }""", "after", "must lie in the years 1900 to 9998")]
    [TestCase("""{ "every": "P1D", "anchor": "9999-01-01T00:00" }""", "anchor", "must lie in the years 1900 to 9998")]
    [TestCase("""{ "cron": "* * * * *", "zone": "Pacific/Kiritimati", "after": "9998-12-31T23:59:59Z" }""", "cron",
        "never fires after 9998-12-31T23:59:59.000Z")]
    [TestCase("""{ "every": "P1D", "maxRuns": 0 }""", "maxRuns", "must be at least 1")]
    public async Task What_is_wrong_is_named_with_what_was_meant(string body, string field, string reason)
    {
        var answer = await PostAsync(Preview, body);

        answer.AssertWrong(field);
        Assert.That(answer.WrongFields, Is.EqualTo(new[] { field }));
        Assert.That(answer.Json.GetProperty("errors").GetProperty(field)[0].GetString(), Is.EqualTo(reason));
    }

    [Test]
    public async Task Every_wrong_field_is_named_at_once()
    {
        var answer = await PostAsync(Preview, """
            {
              "cron": "60 24 * * *", "zone": "x", "startAt": "x", "maxRuns": -1, "gap": 1, "count": 0, "after": "x", "unknown": 1,
              "calendars": [1, { "exclude": [] }]
            }
            """);

        answer.AssertProblem(400);
        Assert.That(answer.WrongFields, Is.EquivalentTo(new[]
        {
            "cron", "zone", "startAt", "maxRuns", "gap", "count", "after", "unknown", "calendars[0]", "calendars[1].name",
            "calendars[1]",
        }));
        Assert.That(answer.Json.GetProperty("errors").GetProperty("cron").GetArrayLength(), Is.EqualTo(2));
    }

    [Test]
    public async Task Only_json_of_a_bounded_size_is_read()
    {
        var text = await SendAsync(HttpMethod.Post, Preview, Content("{}", "text/plain"));
        var large = await SendLargeAsync(Preview);

        text.AssertProblem(415);
        large.AssertProblem(413);
    }

    private static List<JsonElement> Runs(Answer answer) => [.. answer.Json.GetProperty("runs").EnumerateArray()];
}
