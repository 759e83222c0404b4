using System.Text.Json;
using Tests.Support;

namespace Tests.Client;

/// <summary>timers create, list, get, watch, cancel and replay, against the real application.</summary>
public sealed class TimerCommandsTests : ServiceCommandTests
{
    [Test]
    public async Task A_timer_is_created_as_the_options_say_and_shown()
    {
        var created = await CommandRun.OnAsync(
            Service, "create", "http://127.0.0.1:2/hook", "--id", "shown", "--due-at", "2031-01-31T09:00:00+01:00", "--method", "PUT",
            "--header", "X-A: b:c", "--body", """{"order":4711}""", "--tag", "one", "--tag", "two", "--attempts", "3", "--timeout", "2s",
            "--on-ambiguous", "park", "--metadata", """{"why":"test"}""", "--json");
        Assert.That(created.Code, Is.Zero, created.Errors);

        var table = await CommandRun.OnAsync(Service, "get", "shown");
        Assert.That(table.Lines, Does.Contain("DUE       2031-01-31T08:00:00.000Z").And.Contain("CALLS     PUT http://127.0.0.1:2/hook")
            .And.Contain("TAGS      one,two").And.Contain("STATE     scheduled"));

        // What a program reads is what the service answers, whether or not the library knows the field.
        var json = JsonElement.Parse((await CommandRun.OnAsync(Service, "get", "shown", "--json")).Output);
        using var http = CreateClient();
        var truth = await http.TimerAsync("shown");
        Assert.That(FieldsOf(json), Is.EquivalentTo(FieldsOf(truth)));
        Assert.That(json.GetProperty("headers").GetProperty("X-A").GetString(), Is.EqualTo("b:c"));
        Assert.That(json.GetProperty("body").GetRawText(), Is.EqualTo("""{"order":4711}"""));
        Assert.That(json.GetProperty("retry").GetProperty("attempts").GetInt32(), Is.EqualTo(3));
        Assert.That(json.GetProperty("timeout").GetString(), Is.EqualTo("PT2S"));
    }

    [Test]
    public async Task A_timer_expires_as_the_options_say_and_is_replayed_with_a_new_expiry()
    {
        var preview = await CommandRun.OnAsync(
            Service, "create", "http://127.0.0.1:2/", "--due-at", "2031-01-31T08:00:00Z", "--max-age", "10s", "--attempts", "2",
            "--preview");
        Assert.That(preview.Lines, Does.Contain("EXPIRES    2031-01-31T08:00:10.000Z").And.Contain("ATTEMPT 1  2031-01-31T08:00:00.000Z")
            .And.Contain("ENDS       failed"), preview.Errors);
        Assert.That((await CommandRun.OnAsync(Service, "create", "http://127.0.0.1:2/", "--delay", "1h", "--max-age", "1s",
            "--expires-at", "2031-01-31T08:00:00Z")).Errors, Does.Contain("Give --expires-at or --max-age, one of them."));

        await CommandRun.OnAsync(
            Service, "create", "http://127.0.0.1:2/", "--id", "expiring", "--tag", "expiring", "--delay", "100ms", "--max-age", "500ms");
        var watched = await CommandRun.OnAsync(Service, "watch", "expiring", "--interval", "20ms", "--within", "30s");
        Assert.That(watched.Code, Is.EqualTo(4));
        Assert.That(watched.Lines[^1], Does.StartWith("expiring expired"));

        Assert.That((await CommandRun.OnAsync(Service, "replay", "expiring")).Errors, Does.Contain("maxAge"));
        Assert.That((await CommandRun.OnAsync(Service, "replay", "--expired", "--tag", "expiring")).Output,
            Is.EqualTo("0 are retried; left out, as their expiry has passed: 1.\n"));
        var replayed = await CommandRun.OnAsync(Service, "replay", "expiring", "--max-age", "1d");
        Assert.That(replayed.Output, Is.EqualTo("expiring scheduled\n"));
    }

    [Test]
    public async Task A_listing_is_paged_and_filtered()
    {
        for (var i = 0; i < 5; i++)
        {
            await CommandRun.OnAsync(Service, "create", "http://127.0.0.1:2/", "--id", $"page-{i}", "--delay", "1h", "--tag", "paged");
        }

        var first = await CommandRun.OnAsync(Service, "list", "--tag", "paged", "--limit", "2");
        Assert.That(first.Lines.Select(line => line.Split(' ')[0]), Is.EqualTo(new[] { "ID", "page-4", "page-3" }));
        var cursor = first.Errors.Split("--cursor ")[1].Split(',')[0];
        var second = await CommandRun.OnAsync(Service, "list", "--tag", "paged", "--limit", "2", "--cursor", cursor);
        Assert.That(second.Lines.Select(line => line.Split(' ')[0]), Is.EqualTo(new[] { "ID", "page-2", "page-1" }));

        var all = await CommandRun.OnAsync(Service, "list", "--tag", "paged", "--limit", "2", "--all", "--json");
        var ids = all.Lines.SelectMany(page => JsonElement.Parse(page).GetProperty("items").EnumerateArray())
            .Select(timer => timer.GetProperty("id").GetString());
        Assert.That(ids, Is.EqualTo(new[] { "page-4", "page-3", "page-2", "page-1", "page-0" }));
        Assert.That((await CommandRun.OnAsync(Service, "list", "--tag", "paged", "--state", "failed", "--json")).Output.Trim(),
            Is.EqualTo("""{"items":[]}"""));
    }

    [Test]
    public async Task Watch_follows_a_timer_to_its_end_and_its_code_says_which()
    {
        await using var good = await Receiver.StartAsync();
        await CommandRun.OnAsync(Service, "create", $"{good.Url}", "--id", "good", "--delay", "300ms");
        var watched = await CommandRun.OnAsync(Service, "watch", "good", "--interval", "20ms");
        Assert.That(watched.Code, Is.Zero);
        Assert.That(watched.Lines.Select(line => line.Split([' ', ',', ';'])[1]), Is.SubsetOf(new[] { "scheduled", "armed", "succeeded" }));
        Assert.That(watched.Lines[^1], Does.StartWith("good succeeded; attempt 1 at ").And.Contain(": 200, "));
        Assert.That((await CommandRun.OnAsync(Service, "get", "good", "--attempts")).Lines, Has.Length.EqualTo(1));

        await CommandRun.OnAsync(Service, "create", "http://127.0.0.1:2/", "--id", "bad", "--delay", "0s", "--attempts", "1");
        var failed = await CommandRun.OnAsync(Service, "watch", "bad", "--interval", "20ms", "--json");
        Assert.That(failed.Code, Is.EqualTo(4));
        Assert.That(JsonElement.Parse(failed.Lines[^1]).GetProperty("state").GetString(), Is.EqualTo("failed"));

        await CommandRun.OnAsync(Service, "create", "http://127.0.0.1:2/", "--id", "late", "--delay", "1h");
        var late = await CommandRun.OnAsync(Service, "watch", "late", "--within", "5s");
        Assert.That((late.Code, late.Errors), Is.EqualTo((5, "It has not ended in time.\n")));
        Assert.That(late.Lines.Single(), Does.StartWith("late scheduled, next attempt "));
    }

    [Test]
    public async Task Timers_are_touched_each_by_itself()
    {
        await CommandRun.OnAsync(Service, "create", "http://127.0.0.1:2/", "--id", "w1", "--delay", "1h", "--max-delay", "1d");
        var touched = await CommandRun.OnAsync(Service, "touch", "w1", "none");

        Assert.That((touched.Code, touched.Output), Is.EqualTo((1, "w1 scheduled\n")));
        Assert.That(touched.Errors, Does.StartWith("none: 404 There is no such timer."));
        var again = await CommandRun.OnAsync(Service, "touch", "w1", "--json");
        Assert.That(JsonElement.Parse(again.Output).GetProperty("maxDelay").GetString(), Is.EqualTo("P1D"));
    }

    [Test]
    public async Task Timers_are_cancelled_and_replayed_each_by_itself()
    {
        await CommandRun.OnAsync(Service, "create", "http://127.0.0.1:2/", "--id", "c1", "--delay", "1h");
        await CommandRun.OnAsync(Service, "create", "http://127.0.0.1:2/", "--id", "c2", "--delay", "1h");
        var cancelled = await CommandRun.OnAsync(Service, "cancel", "c1", "none", "c2");
        Assert.That((cancelled.Code, cancelled.Output), Is.EqualTo((1, "c1 cancelled\nc2 cancelled\n")));
        Assert.That(cancelled.Errors, Does.StartWith("none: 404 There is no such timer."));
        Assert.That((await CommandRun.OnAsync(Service, "cancel", "c2")).Output, Is.EqualTo("c2 cancelled\n"), "again");
        await CommandRun.OnAsync(Service, "create", "http://127.0.0.1:2/", "--id", "c3", "--delay", "1h");
        var deleted = await CommandRun.OnAsync(Service, "delete", "c2", "none", "c3");
        Assert.That((deleted.Code, deleted.Output), Is.EqualTo((1, "c2 deleted\nc3 cancelled\n")));
        Assert.That(deleted.Errors, Does.StartWith("none: 404 There is no such timer."));
        Assert.That((await CommandRun.OnAsync(Service, "get", "c2")).Code, Is.EqualTo(1));

        await CommandRun.OnAsync(
            Service, "create", "http://127.0.0.1:2/", "--id", "f1", "--delay", "0s", "--attempts", "1", "--tag", "again");
        await CommandRun.OnAsync(Service, "watch", "f1", "--interval", "20ms");
        var replayed = await CommandRun.OnAsync(Service, "replay", "f1");
        Assert.That((replayed.Code, replayed.Output), Is.EqualTo((0, "f1 scheduled\n")));
        await CommandRun.OnAsync(Service, "watch", "f1", "--interval", "20ms");
        Assert.That((await CommandRun.OnAsync(Service, "replay", "--failed", "--tag", "again")).Output, Is.EqualTo("1 are retried.\n"));
        Assert.That((await CommandRun.OnAsync(Service, "replay", "c1")).Code, Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_repeated_with_the_same_id_or_key_makes_one_timer()
    {
        string[] line = ["create", "http://127.0.0.1:2/", "--delay", "1h", "--tag", "once", "--idempotency-key", "k1", "--json"];
        var first = JsonElement.Parse((await CommandRun.OnAsync(Service, line)).Output);
        var again = JsonElement.Parse((await CommandRun.OnAsync(Service, line)).Output);
        Assert.That(again.GetProperty("id").GetString(), Is.EqualTo(first.GetProperty("id").GetString()));

        var other = await CommandRun.OnAsync(Service, [.. line, "--method", "GET"]);
        Assert.That((other.Code, other.Errors), Is.EqualTo((1, other.Errors)));
        Assert.That(other.Errors, Does.StartWith("409 "));
    }

    [Test]
    public async Task What_is_created_under_an_id_that_is_taken_is_returned_rejected_or_replaces()
    {
        string[] line = ["create", "http://127.0.0.1:2/", "--delay", "1h", "--id", "conflict", "--json"];
        await CommandRun.OnAsync(Service, line);

        Assert.That((await CommandRun.OnAsync(Service, line)).Code, Is.Zero);
        Assert.That((await CommandRun.OnAsync(Service, [.. line, "--on-conflict", "reject"])).Errors, Does.StartWith("409 "));
        var replaced = await CommandRun.OnAsync(Service, [.. line, "--method", "PUT", "--on-conflict", "replace"]);
        Assert.That(JsonElement.Parse(replaced.Output).GetProperty("method").GetString(), Is.EqualTo("PUT"), replaced.Errors);
    }

    [TestCase("create", "http://127.0.0.1:2/")]
    [TestCase("create", "http://127.0.0.1:2/", "--delay", "1h", "--due-at", "2031-01-31T08:00:00Z")]
    [TestCase("create", "http://127.0.0.1:2/", "--delay", "soon")]
    [TestCase("create", "http://127.0.0.1:2/", "--delay", "1h", "--header", "no colon")]
    [TestCase("create", "http://127.0.0.1:2/", "--delay", "1h", "--body", "@/no/such/file")]
    [TestCase("create", "http://127.0.0.1:2/", "--due-at", "2031-01-31T08:00:00")]
    [TestCase("list", "--limit", "0")]
    [TestCase("replay")]
    [TestCase("replay", "a", "--failed")]
    [TestCase("replay", "a", "--tag", "b")]
    [TestCase("get", "a", "--url", "ftp://127.0.0.1")]
    [TestCase("nonsense")]
    public async Task A_command_line_that_cannot_be_used_is_told(params string[] line)
    {
        var run = await CommandRun.OnAsync(Service, line);

        Assert.That((run.Code, run.Errors), Is.EqualTo((2, run.Errors)));
        Assert.That(run.Errors, Is.Not.Empty);
    }

    [Test]
    public async Task A_service_that_is_away_and_one_that_refuses_have_codes_of_their_own()
    {
        var away = await CommandRun.OnAsync(new Uri("http://127.0.0.1:2"), "list");
        Assert.That((away.Code, away.Errors), Is.EqualTo((3, away.Errors)));
        Assert.That(away.Errors, Does.StartWith("http://127.0.0.1:2 cannot be reached: "));

        var refused = await CommandRun.OnAsync(Service, "create", "ftp://127.0.0.1/", "--delay", "1h", "--on-ambiguous", "x");
        Assert.That((refused.Code, refused.Errors), Is.EqualTo((1, refused.Errors)));
        Assert.That(refused.Errors, Does.Contain("\n  url must be an absolute http or https address").And.Contain("\n  onAmbiguous "));
    }

    [TestCase("90s", 90_000)]
    [TestCase("1h30m", 5_400_000)]
    [TestCase("2d", 172_800_000)]
    [TestCase("1.5s", 1_500)]
    [TestCase("250ms", 250)]
    [TestCase("PT1H30M", 5_400_000)]
    [TestCase("", null)]
    [TestCase("5", null)]
    [TestCase("-5s", null)]
    [TestCase("5 s", null)]
    [TestCase("PT", null)]
    [TestCase("999999999999d", null)]
    public void Durations_are_read_as_people_write_them(string text, double? milliseconds)
    {
        var isOne = global::Client.Printing.Inputs.TryDuration(text, out var duration);

        Assert.That(isOne, Is.EqualTo(milliseconds is not null));
        Assert.That(isOne ? duration.TotalMilliseconds : (double?)null, Is.EqualTo(milliseconds));
    }

    /// <summary>All but what changes with time.</summary>
    private static IEnumerable<(string Name, string Value)> FieldsOf(JsonElement timer) =>
        timer.EnumerateObject().Where(field => field.Name != "timeLeft").Select(field => (field.Name, field.Value.GetRawText()));
}
