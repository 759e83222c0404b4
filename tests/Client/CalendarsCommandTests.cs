using System.Text.Json;
using Tests.Support;

namespace Tests.Client;

/// <summary>timers calendars, against the real application.</summary>
public sealed class CalendarsCommandTests : ServiceCommandTests
{
    [Test]
    public async Task A_calendar_is_put_shown_listed_named_and_deleted()
    {
        string[] put =
        [
            "calendars", "put", "cli:holidays", "--exclude", "SAT", "--exclude", "12-24/12-26", "--include", "2030-01-01/2039-12-31",
        ];
        var created = await CommandRun.OnAsync(Service, put);
        Assert.That(created.Code, Is.Zero, created.Errors);
        Assert.That(created.Lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Is.EqualTo(new[] { "cli:holidays", "0", "12-24/12-26", "SAT", "2030-01-01/2039-12-31" }));

        var got = JsonElement.Parse((await CommandRun.OnAsync(Service, "calendars", "get", "cli:holidays", "--json")).Output);
        using var http = CreateClient();
        var truth = JsonElement.Parse(await http.GetStringAsync("/api/v1/calendars/cli:holidays"));
        Assert.That(JsonElement.DeepEquals(got, truth), Is.True, $"{got}\n{truth}");

        var schedule = await CommandRun.OnAsync(
            Service, "schedules", "put", "cli:named", "--every", "P1D", "--url", "http://127.0.0.1:2/", "--calendar", "cli:holidays",
            "--exclude", "2030-01-01", "--json");
        Assert.That(
            JsonElement.Parse(schedule.Output).GetProperty("calendars").EnumerateArray()
                .Select(each => each.GetProperty("name").GetString()),
            Is.EqualTo(new[] { "cli:holidays", "--exclude" }), schedule.Errors);
        var refused = await CommandRun.OnAsync(Service, "calendars", "delete", "cli:holidays");
        Assert.That((refused.Code, refused.Errors.Contains("One schedule names 'cli:holidays'.", StringComparison.Ordinal)),
            Is.EqualTo((1, true)), refused.Errors);

        await CommandRun.OnAsync(Service, "schedules", "delete", "cli:named");
        var listed = await CommandRun.OnAsync(Service, "calendars", "list", "--all", "--limit", "1");
        Assert.That(listed.Output, Does.Contain("NAME").And.Contain("cli:holidays"), listed.Errors);
        Assert.That((await CommandRun.OnAsync(Service, "calendars", "delete", "cli:holidays")).Code, Is.Zero);
        var gone = await CommandRun.OnAsync(Service, "calendars", "get", "cli:holidays");
        Assert.That(gone.Errors, Does.Contain("There is no such calendar"));
        var wrong = await CommandRun.OnAsync(Service, "calendars", "put", "cli:wrong", "--exclude", "25-12");
        Assert.That(wrong.Errors, Does.Contain("exclude[0]"));
    }
}
