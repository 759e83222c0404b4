using Tests.Support;

namespace Tests.Producer;

/// <summary>Timers that expire, over REST.</summary>
public sealed class ExpiringTimersTests : RestTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Test]
    public async Task A_timer_shows_its_expiry_which_an_age_counts_from_its_due_instant()
    {
        var aged = await PostAsync(Timers, new { url = Target, dueAt = "2030-01-31T08:00:00Z", maxAge = new { hours = 1 } });
        var fixedEnd = await PostAsync(Timers, new { url = Target, delay = "PT1H", expiresAt = "2040-01-31T09:30:00.1239Z" });
        var endless = await PostAsync(Timers, new { url = Target, delay = "PT1H" });

        Assert.That(fixedEnd["expiresAt"], Is.EqualTo("2040-01-31T09:30:00.123Z"), "rounded down: never late");
        Assert.That(endless.Json.TryGetProperty("expiresAt", out _), Is.False);
        Assert.That((aged["expiresAt"], aged["maxAge"]), Is.EqualTo(("2030-01-31T09:00:00.000Z", "PT1H")));
        var moved = await PatchAsync($"{Timers}/{aged["id"]}", """{"dueAt":"2030-02-01T08:00:00Z"}""");
        Assert.That(moved["expiresAt"], Is.EqualTo("2030-02-01T09:00:00.000Z"));
    }

    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","expiresAt":"2020-01-01T00:00:00Z"}""", "expiresAt")]
    [TestCase("""{"url":"http://127.0.0.1:2/","dueAt":"2030-01-31T08:00:00Z","expiresAt":"2030-01-31T08:00:00Z"}""", "expiresAt")]
    [TestCase("""{"url":"http://127.0.0.1:2/","dueAt":"2030-01-31T08:00:00Z","expiresAt":"2030-01-31T08:00:00.0009Z"}""", "expiresAt")]
    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","expiresAt":"9000-01-01T00:00:00Z"}""", "expiresAt")]
    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","expiresAt":5}""", "expiresAt")]
    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","expiresAt":"2030-01-31T08:00:00Z","maxAge":"PT1H"}""", "expiresAt")]
    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","maxAge":"PT0S"}""", "maxAge")]
    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","maxAge":"P4000D"}""", "maxAge")]
    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","maxAge":"soon"}""", "maxAge")]
    public async Task A_wrong_expiry_is_named(string body, string field) => (await PostAsync(Timers, body)).AssertWrong(field);

    [Test]
    public async Task A_timer_that_waits_for_a_retry_ends_at_its_expiry_and_cannot_be_commanded_any_more()
    {
        var created = await PostAsync(
            Timers,
            new
            {
                url = "http://127.0.0.1:2/",
                delay = "PT0S",
                maxAge = "PT2S",
                retry = new { firstDelay = "PT1H" },
                tags = new[] { "late" },
            });
        var path = $"{Timers}/{created["id"]}";

        await StateBecomesAsync(created["id"], "expired");

        var ended = await GetAsync(path);
        Assert.That((ended["attempts"], ended["timeLeft"]), Is.EqualTo(("1", "0")));
        Assert.That(
            ended.Json.GetProperty("finishedAt").GetDateTimeOffset(),
            Is.GreaterThanOrEqualTo(created.Json.GetProperty("expiresAt").GetDateTimeOffset()));
        foreach (var command in new[] { "cancel", "pause", "resume", "fire", "touch" })
        {
            (await PostAsync($"{path}/{command}")).AssertProblem(409);
        }

        (await PatchAsync(path, """{"delay":"PT1H"}""")).AssertProblem(409);
        Assert.That((await GetAsync($"{Timers}?state=expired&tag=late")).Json.GetProperty("items").GetArrayLength(), Is.EqualTo(1));
        Assert.That((await GetAsync($"{Timers}/stats")).Json.GetProperty("states").GetProperty("expired").GetInt64(), Is.Positive);
        Assert.That((await GetAsync($"/api/v1/timer/{created["id"]}")).Text, Does.Contain("Finished"));
        Assert.That((await DeleteAsync(path)).Status, Is.EqualTo(204), "it has finished, so it is erased");
    }

    [Test]
    public async Task A_paused_timer_ends_at_its_expiry()
    {
        var id = await CreateIdAsync(new { url = Target, delay = "PT0.5S", maxAge = "PT1S" });
        await PostAsync($"{Timers}/{id}/pause");

        await StateBecomesAsync(id, "expired");

        Assert.That((await GetAsync($"{Timers}/{id}"))["attempts"], Is.EqualTo("0"));
    }

    [Test]
    public async Task Replay_of_a_timer_that_has_expired_needs_a_new_expiry()
    {
        await using var receiver = await Receiver.StartAsync();
        var id = await CreateIdAsync(new { url = receiver.At("/hook"), delay = "PT0.2S", maxAge = "PT0.5S", tags = new[] { "again" } });
        await PostAsync($"{Timers}/{id}/pause");
        await StateBecomesAsync(id, "expired");

        (await PostAsync($"{Timers}/{id}/replay")).AssertWrong("maxAge");
        (await PostAsync($"{Timers}/{id}/replay", """{"expiresAt":"2020-01-01T00:00:00Z"}""")).AssertWrong("expiresAt");
        (await PostAsync($"{Timers}/{id}/replay", """{"maxAge":"PT0.5S"}""")).AssertWrong("maxAge");
        (await PostAsync($"{Timers}/{id}/replay", """{"url":"http://127.0.0.1/"}""")).AssertWrong("url");
        var some = await PostAsync($"{Timers}/replay", new { expired = true, tag = "again" });
        Assert.That(some.Text, Is.EqualTo("""{"replayed":0,"more":false,"expired":1}"""));
        some = await PostAsync($"{Timers}/replay", """{"expired":true,"tag":"again","maxAge":null}""");
        Assert.That(some.Text, Is.EqualTo("""{"replayed":1,"more":false}"""));

        await StateBecomesAsync(id, "succeeded");
        Assert.That((await GetAsync($"{Timers}/{id}")).Json.TryGetProperty("expiresAt", out _), Is.False);
    }

    [Test]
    public async Task A_request_that_is_repeated_after_the_expiry_gets_the_first_ones_answer()
    {
        var expiresAt = TimeProvider.System.GetUtcNow().AddSeconds(1).ToString("O");
        var id = $"expiring-{Guid.NewGuid():N}";
        var request = new { url = Target, delay = "PT0.5S", expiresAt, id };
        var first = await PostAsync(Timers, request);
        await PostAsync($"{Timers}/{id}/pause");
        await StateBecomesAsync(id, "expired");

        var again = await PostAsync(Timers, request);

        Assert.That((first.Status, again.Status, again["state"]), Is.EqualTo((201, 201, "expired")), again.Text);
    }

    [Test]
    public async Task Runs_of_a_schedule_expire_by_their_age_and_a_schedule_has_no_instant_of_expiry()
    {
        var name = $"expiring-{Guid.NewGuid():N}";
        var path = $"/api/v1/schedules/{name}";
        var put = await PutAsync(
            path, new { every = "PT1S", url = "http://127.0.0.1:2/", maxAge = "PT0.5S", retry = new { firstDelay = "PT1H" } });
        Assert.That((put.Status, put["maxAge"]), Is.EqualTo((201, "PT0.5S")), put.Text);
        (await PutAsync(path, new { every = "PT1S", url = Target, expiresAt = "2040-01-01T00:00:00Z" })).AssertWrong("expiresAt");

        await Eventually.That(
            async () => (await GetAsync(path)).Json.GetProperty("statistics").GetProperty("expired").GetInt32() > 0, Deadline,
            "a run has expired");

        Assert.That((await PatchAsync(path, """{"maxAge":null}""")).Json.TryGetProperty("maxAge", out _), Is.False);
        await DeleteAsync(path);
    }

    private Task<Answer> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, Content(body));
}
