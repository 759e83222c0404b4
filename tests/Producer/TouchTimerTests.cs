using Tests.Support;

namespace Tests.Producer;

/// <summary>Watchdogs: timers that are touched, over REST.</summary>
public sealed class TouchTimerTests : RestTests
{
    [Test]
    public async Task A_touched_timer_is_due_its_delay_after_the_touch_and_never_earlier_than_before()
    {
        var created = await PostAsync(Timers, new { url = "http://127.0.0.1:2/", delay = "PT1H" });
        var path = $"{Timers}/{created["id"]}";

        var touched = await PostAsync($"{path}/touch");
        var again = await PostAsync($"{path}/touch", null, ("If-Match", touched.ETag!));

        Assert.That((touched.Status, again.Status), Is.EqualTo((200, 200)), touched.Text);
        foreach (var (before, after) in new[] { (created, touched), (touched, again) })
        {
            Assert.That(Instant(after, "dueAt"), Is.GreaterThanOrEqualTo(Instant(before, "dueAt")));
            Assert.That(Instant(after, "dueAt") - Instant(before, "dueAt"), Is.LessThan(TimeSpan.FromMinutes(10)));
        }

        Assert.That(again["occurrence"], Is.EqualTo("1"), "the same promise, later");
        (await PostAsync($"{path}/touch", null, ("If-Match", created.ETag!))).AssertProblem(412);
        Assert.That(Instant(await GetAsync(path), "dueAt"), Is.EqualTo(Instant(again, "dueAt")));
    }

    [Test]
    public async Task Touches_end_at_the_maximum_delay()
    {
        var created = await PostAsync(Timers, new { url = "http://127.0.0.1:2/", delay = "PT1H", maxDelay = "PT1H" });
        var path = $"{Timers}/{created["id"]}";
        Assert.That(created["maxDelay"], Is.EqualTo("PT1H"));
        var bound = Instant(created, "createdAt") + TimeSpan.FromHours(1);

        var touched = await PostAsync($"{path}/touch");

        Assert.That(Instant(touched, "dueAt") - bound, Is.InRange(TimeSpan.Zero, TimeSpan.FromMilliseconds(2)));
        Assert.That(Instant(await PostAsync($"{path}/touch"), "dueAt"), Is.EqualTo(Instant(touched, "dueAt")));
        Assert.That((await PatchAsync(path, """{"maxDelay": null}""")).Json.TryGetProperty("maxDelay", out _), Is.False);
    }

    [Test]
    public async Task A_timer_that_was_fired_or_has_finished_cannot_be_touched()
    {
        var cancelled = (await PostAsync(Timers, new { url = "http://127.0.0.1:2/", delay = "PT1H" }))["id"];
        await PostAsync($"{Timers}/{cancelled}/cancel");
        var retried = (await PostAsync(
            Timers, new { url = "http://127.0.0.1:2/", delay = "PT0S", retry = new { firstDelay = "PT1H" } }))["id"];
        await Eventually.That(
            async () => (await GetAsync($"{Timers}/{retried}")) is var now && now["state"] == "scheduled" && now["attempts"] == "1",
            TimeSpan.FromSeconds(30), "its attempt has failed");

        (await PostAsync($"{Timers}/{cancelled}/touch")).AssertProblem(409);
        (await PostAsync($"{Timers}/{retried}/touch")).AssertProblem(409);
        (await PostAsync($"{Timers}/none/touch")).AssertProblem(404);
    }

    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","maxDelay":"PT0S"}""")]
    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","maxDelay":"-PT1S"}""")]
    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","maxDelay":"P5000D"}""")]
    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","maxDelay":"soon"}""")]
    public async Task A_wrong_maximum_delay_is_named(string body) => (await PostAsync(Timers, body)).AssertWrong("maxDelay");

    private static DateTimeOffset Instant(Answer answer, string name) => answer.Json.GetProperty(name).GetDateTimeOffset();
}
