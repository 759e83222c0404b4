using System.Net.Http.Json;
using System.Text.Json;
using Tests.Support;

namespace Tests.Client;

/// <summary>timers schedules, against the real application.</summary>
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

    [Test]
    public async Task A_schedule_is_put_listed_commanded_and_deleted()
    {
        string[] put =
        [
            "schedules", "put", "cli:nightly", "--cron", "30 2 1 1 *", "--zone", "Europe/Berlin", "--url", "http://127.0.0.1:2/hook",
            "--header", "x: 1", "--body", """{"job":"report"}""", "--attempts", "2", "--misfire", "all", "--catch-up", "2h", "--tag", "t",
            "--overlap", "bufferOne",
        ];
        var created = await CommandRun.OnAsync(Service, put);
        Assert.That(created.Code, Is.Zero, created.Errors);
        Assert.That(created.Lines[0], Does.StartWith("NAME"));
        Assert.That(created.Lines[1], Does.StartWith("cli:nightly").And.Contain("active").And.Contain("-01-01T01:30:00.000Z"));

        var got = JsonElement.Parse((await CommandRun.OnAsync(Service, "schedules", "get", "cli:nightly", "--json")).Output);
        using var http = CreateClient();
        var truth = JsonElement.Parse(await http.GetStringAsync("/api/v1/schedules/cli:nightly"));
        Assert.That(JsonElement.DeepEquals(got, truth), Is.True, $"{got}\n{truth}");
        Assert.That(truth.GetProperty("retry").GetProperty("attempts").GetInt32(), Is.EqualTo(2));
        Assert.That((truth.GetProperty("misfire").GetString(), truth.GetProperty("catchUp").GetString()), Is.EqualTo(("all", "PT2H")));

        var paused = await CommandRun.OnAsync(
            Service, "schedules", "pause", "cli:nightly", "--reason", "moved", "--until", "2098-01-01T00:00:00Z");
        Assert.That(paused.Output, Does.Contain("paused: moved"), paused.Errors);
        var listed = await CommandRun.OnAsync(Service, "schedules", "list", "--state", "paused", "--prefix", "cli:");
        Assert.That(listed.Lines, Has.Length.EqualTo(2), listed.Output);
        foreach (var command in new[] { "resume", "skip", "run" })
        {
            var done = await CommandRun.OnAsync(Service, "schedules", command, "cli:nightly");
            Assert.That((done.Code, done.Lines[1].Contains("active", StringComparison.Ordinal)), Is.EqualTo((0, true)), done.Errors);
        }

        var replayed = await CommandRun.OnAsync(Service, "schedules", "replay", "cli:nightly");
        Assert.That(replayed.Output, Does.Contain("replay: 0 made, 0 there already"), replayed.Errors);
        await CommandRun.OnAsync(Service, "schedules", "stop-backfill", "cli:nightly");
        var past = await CommandRun.OnAsync(
            Service, "schedules", "backfill", "cli:nightly", "--from", "2020-01-01T00:00:00Z", "--to", "2020-06-01T00:00:00Z",
            "--per-minute", "5", "--json");
        Assert.That(JsonElement.Parse(past.Output).GetProperty("backfill").GetProperty("perMinute").GetInt32(), Is.EqualTo(5), past.Errors);
        Assert.That((await CommandRun.OnAsync(Service, "schedules", "delete", "cli:nightly")).Code, Is.Zero);
        var gone = await CommandRun.OnAsync(Service, "schedules", "get", "cli:nightly");
        Assert.That((gone.Code, gone.Errors), Is.EqualTo((1, gone.Errors)));
        Assert.That(gone.Errors, Does.Contain("There is no such schedule"));
    }
}
