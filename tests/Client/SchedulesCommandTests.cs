using System.Net.Http.Json;
using System.Text.Json;
using Tests.Support;

namespace Tests.Client;

/// <summary>timers schedules preview, against the real application.</summary>
public sealed class SchedulesCommandTests : ServiceCommandTests
{
    [Test]
    public async Task A_preview_is_a_table_or_json()
    {
        string[] schedule =
        [
            "schedules", "preview", "--cron", "30 2 * * *", "--zone", "Europe/Berlin", "--after", "2026-03-28T12:00:00Z", "--count", "3",
            "--exclude", "2026-03-30",
        ];
        var table = await CommandRun.OnAsync(Service, schedule);
        var json = await CommandRun.OnAsync(Service, [.. schedule, "--json"]);

        Assert.That(table.Code, Is.Zero, table.Errors);
        Assert.That(table.Lines.Select(line => line.Split(' ')[0]), Is.EqualTo(new[]
        {
            "AT", "2026-03-29T01:30:00.000Z", "2026-03-31T00:30:00.000Z", "2026-04-01T00:30:00.000Z",
        }));
        Assert.That(table.Output, Does.Contain("2026-03-29T03:30:00+02:00").And.Contain("does not exist").And.Contain("'--exclude'"));
        Assert.That(table.Errors, Does.StartWith("Europe/Berlin, time zone database 20"));

        // What a program reads is what the service answers.
        using var http = CreateClient();
        using var truth = await http.PostAsJsonAsync("/api/v1/schedules/preview", new
        {
            cron = "30 2 * * *",
            zone = "Europe/Berlin",
            after = "2026-03-28T12:00:00Z",
            count = 3,
            calendars = new[] { new { name = "--exclude", exclude = new[] { "2026-03-30" } } },
        });
        Assert.That(
            JsonElement.DeepEquals(JsonElement.Parse(json.Output), JsonElement.Parse(await truth.Content.ReadAsStringAsync())), Is.True,
            json.Output);
    }

    [Test]
    public async Task What_is_refused_is_told()
    {
        var refused = await CommandRun.OnAsync(Service, "schedules", "preview", "--cron", "0 24 * * *");

        Assert.That(refused.Code, Is.EqualTo(1));
        Assert.That(refused.Errors, Does.Contain("character 3: 24 is no hour"));
    }
}
