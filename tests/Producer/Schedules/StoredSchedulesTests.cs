using System.Text.Json;
using Tests.Support;

namespace Tests.Producer.Schedules;

/// <summary>Schedules over REST: put, read, listed, commanded and deleted.</summary>
public sealed class StoredSchedulesTests : RestTests
{
    private const string Root = "/api/v1/schedules";
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    [Test]
    public async Task What_is_put_is_read_and_putting_it_again_changes_nothing()
    {
        var body = new
        {
            cron = "30 2 * * *",
            zone = "Europe/Berlin",
            url = Target,
            method = "PUT",
            body = new { job = "report" },
            retry = new { attempts = 2 },
            timeout = "PT5S",
            tags = new[] { "nightly" },
            metadata = new { team = "a" },
            misfire = "all",
            catchUp = "P1D",
            overlap = "bufferAll",
            jitter = "PT1M",
            calendars = new[] { new { name = "c", exclude = new[] { "2030-01-02", "2030-01-01" } } },
        };
        var created = await PutAsync("full", body);
        Assert.That(created.Status, Is.EqualTo(201), created.Text);
        Assert.That(created.Headers.Location!.ToString(), Is.EqualTo($"{Root}/full"));
        var read = await GetAsync($"{Root}/full");
        Assert.That((read.Status, read.ETag), Is.EqualTo((200, created.ETag)));
        foreach (var (member, value) in new[]
        {
            ("name", "full"), ("state", "active"), ("cron", "30 2 * * *"), ("dialect", "vixie"), ("zone", "Europe/Berlin"),
            ("method", "PUT"), ("url", Target),
            ("timeout", "PT5S"), ("misfire", "all"), ("catchUp", "P1D"), ("overlap", "bufferAll"), ("buffered", "0"),
            ("jitter", "PT1M"), ("gap", "shift"),
            ("runs", "0"), ("skipped", "0"), ("onAmbiguous", "redeliver"),
        })
        {
            Assert.That(read[member], Is.EqualTo(value), member);
        }

        Assert.That(read.Json.GetProperty("calendars")[0].GetProperty("exclude")[0].GetString(), Is.EqualTo("2030-01-01"));
        Assert.That(read.Json.GetProperty("retry").GetProperty("attempts").GetInt32(), Is.EqualTo(2));

        var again = await PutAsync("full", body);
        Assert.That((again.Status, again.ETag, again.Text), Is.EqualTo((200, created.ETag, read.Text)));
        var changed = await PutAsync("full", new { cron = "30 3 * * *", url = Target });
        Assert.That((changed.Status, changed["zone"], changed["misfire"]), Is.EqualTo((200, "UTC", "latest")));
        Assert.That(changed["overlap"], Is.EqualTo("allow"));
        Assert.That(changed.ETag, Is.Not.EqualTo(created.ETag));
    }

    [Test]
    public async Task If_Match_names_what_may_be_changed()
    {
        var (body, other) = (new { cron = "0 0 1 1 *", url = Target }, new { cron = "0 0 2 1 *", url = Target });
        (await PutAsync("tagged", body, ("If-Match", "*"))).AssertProblem(412);
        (await PutAsync("tagged", body, ("If-Match", "\"1\""))).AssertProblem(412);
        var created = await PutAsync("tagged", body);
        (await PutAsync("tagged", other, ("If-Match", "\"1\""))).AssertProblem(412);
        (await DeleteAsync($"{Root}/tagged", ("If-Match", "\"1\""))).AssertProblem(412);
        (await PostAsync($"{Root}/tagged/pause", null, ("If-Match", "\"1\""))).AssertProblem(412);

        var changed = await PutAsync("tagged", other, ("If-Match", created.ETag!));
        Assert.That(changed.Status, Is.EqualTo(200), changed.Text);
        (await PutAsync("tagged", body, ("If-Match", created.ETag!))).AssertProblem(412);
        Assert.That((await DeleteAsync($"{Root}/tagged", ("If-Match", changed.ETag!))).Status, Is.EqualTo(204));

        // A later schedule of the same name is another one.
        await PutAsync("tagged", body);
        (await DeleteAsync($"{Root}/tagged", ("If-Match", changed.ETag!))).AssertProblem(412);
    }

    [TestCase("{}", "cron", "url")]
    [TestCase("""{ "cron": "0 24 * * *", "url": "http://127.0.0.1:2/" }""", "cron")]
    [TestCase("""{ "cron": "0 0 31 2 *", "url": "http://127.0.0.1:2/" }""", "cron")]
    [TestCase("""{ "at": ["2020-01-01T00:00:00Z"], "url": "http://127.0.0.1:2/" }""", "at")]
    [TestCase("""{ "every": "PT1H", "cron": "* * * * *", "url": "http://127.0.0.1:2/" }""", "cron", "every")]
    [TestCase("""{ "every": "PT1H", "endAt": "2020-01-01T00:00:00Z", "url": "http://127.0.0.1:2/" }""", "endAt")]
    [TestCase("""{ "every": "PT1H", "zone": "Mars", "url": "ftp://x" }""", "zone", "url")]
    [TestCase("""{ "every": "PT1H", "url": "http://127.0.0.1:2/", "misfire": "some" }""", "misfire")]
    [TestCase("""{ "every": "PT1H", "url": "http://127.0.0.1:2/", "catchUp": "P366D" }""", "catchUp")]
    [TestCase("""{ "every": "PT1H", "url": "http://127.0.0.1:2/", "overlap": "buffer" }""", "overlap")]
    [TestCase("""{ "every": "PT1H", "url": "http://127.0.0.1:2/", "jitter": "P2D" }""", "jitter")]
    [TestCase("""{ "every": "PT1H", "url": "http://127.0.0.1:2/", "delay": "PT1S" }""", "delay")]
    [TestCase("""{ "every": "PT1H", "url": "http://127.0.0.1:2/", "count": 1 }""", "count")]
    [TestCase("""{ "every": "PT1H", "url": "http://127.0.0.1:2/", "method": "BREW", "timeout": "PT2M" }""", "method", "timeout")]
    [TestCase("""{ "every": "PT1H", "url": "http://127.0.0.1:2/", "headers": { "timer-schedule": "x" } }""", "headers.timer-schedule")]
    [TestCase("""{ "every": "PT1H", "url": "http://127.0.0.1:2/", "retry": { "attempts": 0 } }""", "retry.attempts")]
    [TestCase("""{ "every": "PT1H", "url": "http://127.0.0.1:2/", "headers": { "authorization": "********" } }""", "headers.authorization")]
    [TestCase("""{ "every": "PT1H", "anchor": "9999-12-31T23:59:59.9999999Z", "url": "http://127.0.0.1:2/" }""", "anchor")]
    [TestCase("[]", "$")]
    [TestCase("{", "$")]
    public async Task What_cannot_be_put_is_400_with_every_wrong_field(string body, params string[] fields)
    {
        var answer = await SendAsync(HttpMethod.Put, $"{Root}/wrong", Content(body));

        answer.AssertProblem(400);
        Assert.That(answer.WrongFields, Is.EquivalentTo(fields), answer.Text);
        (await GetAsync($"{Root}/wrong")).AssertProblem(404);
    }

    [TestCase("PUT", "a b", "name")]
    [TestCase("GET", "a%2Fb", "name")]
    [TestCase("DELETE", "%C3%A4", "name")]
    [TestCase("POST", "a,b/pause", "name")]
    [TestCase("POST", "a,b/run", "name")]
    public async Task Names_are_letters_digits_and_a_few_signs(string method, string path, string field)
    {
        var content = method == "PUT" ? Content(new { every = "PT1H", url = Target }) : null;
        (await SendAsync(new HttpMethod(method), $"{Root}/{path}", content)).AssertWrong(field);
    }

    [TestCase("?state=deleting", "state")]
    [TestCase("?prefix=%20", "prefix")]
    [TestCase("?limit=0", "limit")]
    [TestCase("?cursor=xyz", "cursor")]
    [TestCase("?tag=x", "tag")]
    public async Task What_cannot_be_listed_is_400(string query, string field) => (await GetAsync(Root + query)).AssertWrong(field);

    [TestCase("""{ "reason": "" }""", "reason")]
    [TestCase("""{ "until": "2020-01-01T00:00:00Z" }""", "until")]
    [TestCase("""{ "until": "9999-12-31T23:59:59.9999999Z" }""", "until")]
    [TestCase("""{ "until": 5 }""", "until")]
    [TestCase("""{ "why": "x" }""", "why")]
    public async Task What_cannot_be_paused_is_400(string body, string field)
    {
        await PutAsync("unpaused", new { every = "PT1H", url = Target });
        (await PostAsync($"{Root}/unpaused/pause", body)).AssertWrong(field);
    }

    [TestCase("backfill", "{}", "from", "to")]
    [TestCase("backfill", """{ "from": "2020-01-02T00:00:00Z", "to": "2020-01-01T00:00:00Z" }""", "from")]
    [TestCase("backfill", """{ "from": "1800-01-02T00:00:00Z", "to": "2020-01-01T00:00:00Z" }""", "from")]
    [TestCase("backfill", """{ "from": "2020-01-01T00:00:00Z", "to": "2098-01-01T00:00:00Z", "perMinute": 0 }""", "to", "perMinute")]
    [TestCase("replay", """{ "perMinute": 3001, "from": "x", "rate": 1 }""", "perMinute", "from", "rate")]
    public async Task What_cannot_be_backfilled_is_400(string command, string body, params string[] fields)
    {
        await PutAsync("unfilled", new { every = "PT1H", url = Target });
        var answer = await PostAsync($"{Root}/unfilled/{command}", body);

        answer.AssertProblem(400);
        Assert.That(answer.WrongFields, Is.EquivalentTo(fields), answer.Text);
    }

    [Test]
    public async Task A_past_range_arrives_once_whoever_asks_again()
    {
        await using var receiver = await Receiver.StartAsync();
        await PutAsync("past", new { every = "P1D", anchor = "2020-01-01T00:00:00Z", url = receiver.Url });
        var body = new { from = "2020-01-01T00:00:00Z", to = "2020-01-05T12:00:00Z", perMinute = 600 };
        var begun = await PostAsync($"{Root}/past/backfill", body);
        Assert.That(begun.Status, Is.EqualTo(200), begun.Text);
        await Eventually.That(() => receiver.Count >= 5, MaxWait, "they arrive");
        Assert.That(receiver.Journal.Select(each => each.Headers["timer-scheduled-for"]),
            Is.EquivalentTo(Enumerable.Range(1, 5).Select(day => $"2020-01-0{day}T00:00:00.000Z")));

        Assert.That((await PostAsync($"{Root}/past/backfill", body with { to = "2020-01-06T00:00:00Z" })).Status, Is.EqualTo(200));
        await Eventually.That(() => receiver.Count >= 6, MaxWait, "the new one arrives");
        await Eventually.That(async () => (await BackfillAsync()).TryGetProperty("endedAt", out _), MaxWait, "it ends");
        var told = await BackfillAsync();
        Assert.That((told.GetProperty("made").GetInt32(), told.GetProperty("existing").GetInt32()), Is.EqualTo((1, 5)));
        Assert.That(receiver.Journal.Select(each => each.WebhookId).Distinct().Count(), Is.EqualTo(6));

        // One at a time; the same again is the same, and a stop ends it.
        var slow = new { from = "2021-01-01T00:00:00Z", to = "2022-01-01T00:00:00Z", perMinute = 1 };
        var first = await PostAsync($"{Root}/past/backfill", slow);
        Assert.That((await PostAsync($"{Root}/past/backfill", slow)).ETag, Is.EqualTo(first.ETag));
        (await PostAsync($"{Root}/past/replay")).AssertProblem(409);
        await DeleteAsync($"{Root}/past/backfill");
        Assert.That((await PostAsync($"{Root}/past/replay")).Status, Is.EqualTo(200));

        async Task<JsonElement> BackfillAsync() => (await GetAsync($"{Root}/past")).Json.GetProperty("backfill");
    }

    [Test]
    public async Task Unknown_schedules_are_404()
    {
        (await GetAsync($"{Root}/unknown")).AssertProblem(404);
        (await DeleteAsync($"{Root}/unknown")).AssertProblem(404);
        foreach (var command in new[] { "pause", "resume", "run", "skip", "replay" })
        {
            (await PostAsync($"{Root}/unknown/{command}")).AssertProblem(404);
        }
    }

    [Test]
    public async Task Pages_hold_what_is_asked_for()
    {
        foreach (var name in new[] { "list:a", "list:b", "list:c", "lisu" })
        {
            await PutAsync(name, new { every = "PT1H", url = Target });
        }

        await PostAsync($"{Root}/list:b/pause", new { reason = "why" });
        var first = await GetAsync($"{Root}?prefix=list:&limit=2");
        var rest = await GetAsync($"{Root}?prefix=list:&limit=2&cursor={first["next"]}");
        var paused = await GetAsync($"{Root}?prefix=list:&state=paused");

        Assert.That((Names(first), Names(rest), Names(paused)), Is.EqualTo(("list:a list:b", "list:c", "list:b")));
        Assert.That(rest.Json.TryGetProperty("next", out _), Is.False);

        static string Names(Answer page) =>
            string.Join(' ', page.Json.GetProperty("items").EnumerateArray().Select(each => each.GetProperty("name").GetString()));
    }

    [Test]
    public async Task Credentials_are_masked_and_kept_for_the_same_receiver_alone()
    {
        var body = new { every = "PT1H", url = $"{Target}?token=secret", headers = new { authorization = "Bearer abc" } };
        var created = await PutAsync("secret", body);
        Assert.That(created.Text, Does.Not.Contain("abc").And.Not.Contain("token=secret"));

        var shown = created["url"];
        var again = await PutAsync("secret", new { every = "PT1H", url = shown, headers = new { authorization = "********" } });
        Assert.That((again.Status, again.ETag), Is.EqualTo((200, created.ETag)), "it is the same");
        (await PutAsync("secret", new
        {
            every = "PT1H",
            url = shown.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal),
            headers = new { authorization = "********" },
        })).AssertWrong("url");
        var kept = await PutAsync("secret", new { every = "PT2H", url = shown, headers = new { authorization = "********" } });
        Assert.That(kept.Status, Is.EqualTo(200), kept.Text);
    }

    [Test]
    public async Task Runs_arrive_on_time_each_once_and_a_pause_and_a_deletion_end_them()
    {
        await using var receiver = await Receiver.StartAsync();
        await PutAsync("ticks", new { every = "PT1S", url = receiver.At("/tick"), misfire = "all" });
        await Eventually.That(() => receiver.Count >= 3, MaxWait, "they arrive");
        var paused = await PostAsync($"{Root}/ticks/pause", new { reason = "enough" });
        Assert.That((paused.Status, paused["state"], paused["pauseReason"]), Is.EqualTo((200, "paused", "enough")), paused.Text);

        // What is near may still come; the others do not.
        var until = DateTimeOffset.Parse(paused["changedAt"], System.Globalization.CultureInfo.InvariantCulture).AddSeconds(2);
        await Eventually.That(() => TimeProvider.System.GetUtcNow() > until.AddSeconds(3), MaxWait, "they would have come");
        var arrived = receiver.Journal;
        Assert.That(arrived.Select(each => each.DueAt), Has.All.LessThanOrEqualTo(until));
        Assert.That(arrived.Select(each => each.WebhookId), Is.Unique);
        var first = arrived.Min(each => each.DueAt);
        Assert.That(arrived.Select(each => each.DueAt).Order(), Is.EqualTo(arrived.Select((_, i) => first.AddSeconds(i))));
        Assert.That(arrived.OrderBy(each => each.DueAt).Select(each => each.Headers["timer-occurrence"]),
            Is.EqualTo(arrived.Select((_, i) => $"{i + 1}")));
        Assert.That(arrived.Select(each => each.Headers["timer-schedule"]), Has.All.EqualTo("ticks"));

        var read = await GetAsync($"{Root}/ticks");
        Assert.That(read.Json.GetProperty("recent").EnumerateArray().Select(each => each.GetProperty("state").GetString()),
            Has.All.EqualTo("succeeded"), read.Text);
        Assert.That(read["runs"], Is.EqualTo($"{arrived.Count}"));
        var asked = await PostAsync($"{Root}/ticks/run");
        Assert.That(asked.Status, Is.EqualTo(200), asked.Text);
        await Eventually.That(() => receiver.Count == arrived.Count + 1, MaxWait, "what was asked for comes");
        Assert.That((await DeleteAsync($"{Root}/ticks")).Status, Is.EqualTo(204));
        (await GetAsync($"{Root}/ticks")).AssertProblem(404);
    }

    [Test]
    public async Task Runs_know_those_before_and_behind_them_and_how_late_they_were()
    {
        await using var receiver = await Receiver.StartAsync(async context =>
            context.Response.StatusCode = context.Request.Headers["timer-occurrence"] == "2" ? 410 : 200);
        await PutAsync("history", new { every = "PT1S", url = receiver.Url, misfire = "all", maxRuns = 4 });
        await Eventually.That(async () => Counted(await GetAsync($"{Root}/history")) == 4, MaxWait, "all end");

        var read = await GetAsync($"{Root}/history");
        var runs = read.Json.GetProperty("recent").EnumerateArray().ToList();
        var at = runs.ConvertAll(run => run.GetProperty("scheduledFor").GetString());
        Assert.That(runs.Select(run => Text(run, "previousAt")), Is.EqualTo(new[] { null, at[0], at[1], at[2] }));
        Assert.That(runs.Select(run => Text(run, "nextAt")), Is.EqualTo(new[] { at[1], at[2], at[3], null }));
        Assert.That(runs.Select(run => Text(run, "state")), Is.EqualTo(new[] { "succeeded", "failed", "succeeded", "succeeded" }));
        var statistics = read.Json.GetProperty("statistics");
        Assert.That((statistics.GetProperty("succeeded").GetInt32(), statistics.GetProperty("failed").GetInt32(),
            statistics.GetProperty("successRate").GetDouble()), Is.EqualTo((3, 1, 0.75)));
        var late = runs.ConvertAll(run => run.GetProperty("latenessMs").GetDouble()).Order().ToList();
        var told = statistics.GetProperty("latenessMs");
        Assert.That((told.GetProperty("p50").GetDouble(), told.GetProperty("p90").GetDouble(), told.GetProperty("p99").GetDouble()),
            Is.EqualTo((late[1], late[3], late[3])));

        static string? Text(JsonElement run, string member) => run.TryGetProperty(member, out var value) ? value.GetString() : null;

        static int Counted(Answer answer) => answer.Json.GetProperty("statistics") is var told
            ? told.GetProperty("succeeded").GetInt32() + told.GetProperty("failed").GetInt32() : 0;
    }

    [Test]
    public async Task It_finishes_with_its_reason_and_commands_say_so()
    {
        await using var receiver = await Receiver.StartAsync();
        await PutAsync("thrice", new { every = "PT1S", url = receiver.Url, maxRuns = 3 });
        await Eventually.That(async () => (await GetAsync($"{Root}/thrice"))["state"] == "finished", MaxWait, "it finishes");
        await Eventually.That(() => receiver.Count == 3, MaxWait, "its runs arrive");

        Assert.That((await GetAsync($"{Root}/thrice"))["finishedReason"], Is.EqualTo("maxRuns"));
        foreach (var command in new[] { "pause", "resume", "skip" })
        {
            (await PostAsync($"{Root}/thrice/{command}")).AssertProblem(409);
        }

        (await PutAsync("thrice", new { every = "PT2S", url = receiver.Url, maxRuns = 3 })).AssertWrong("maxRuns");
        Assert.That((await PutAsync("thrice", new { every = "PT1S", url = receiver.Url, maxRuns = 4 }))["state"], Is.EqualTo("active"));
        await Eventually.That(() => receiver.Count == 4, MaxWait, "one more comes");
    }

    [Test]
    public async Task The_next_run_is_skipped()
    {
        var created = await PutAsync("skipped", new { every = "PT1H", url = Target });
        var skipped = await PostAsync($"{Root}/skipped/skip");

        Assert.That(skipped.Status, Is.EqualTo(200), skipped.Text);
        Assert.That(At(skipped) - At(created), Is.EqualTo(TimeSpan.FromHours(1)));

        static DateTimeOffset At(Answer answer) => answer.Json.GetProperty("nextAt").GetDateTimeOffset();
    }

    [Test]
    public async Task Bodies_that_are_too_large_or_of_another_type_are_refused()
    {
        (await SendAsync(HttpMethod.Put, $"{Root}/x", Content("{}", "text/plain"))).AssertProblem(415);
        (await SendLargeAsync(HttpMethod.Put, $"{Root}/x", 5_000_000)).AssertProblem(413);
        (await SendLargeAsync(HttpMethod.Post, $"{Root}/x/pause", 70_000)).AssertProblem(413);
    }

    /// <summary>A body that the server refuses before it has read it.</summary>
    private async Task<Answer> SendLargeAsync(HttpMethod method, string path, int bytes)
    {
        using var request = new HttpRequestMessage(method, path) { Content = Content(new byte[bytes]) };
        request.Headers.ExpectContinue = true;
        return await Answer.ReadAsync(await Http.SendAsync(request));
    }

    private Task<Answer> PutAsync(string name, object body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Put, $"{Root}/{name}", Content(JsonSerializer.Serialize(body)), headers);
}
