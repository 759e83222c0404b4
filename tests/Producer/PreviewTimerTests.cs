using System.Text.Json;

namespace Tests.Producer;

/// <summary>POST /timers/preview: what a create would become.</summary>
public sealed class PreviewTimerTests : RestTests
{
    private const string Preview = $"{Timers}/preview";

    [Test]
    public async Task Attempts_are_shown_as_they_would_be_made_if_each_failed_until_the_expiry()
    {
        var answer = await PostAsync(Preview, """
            {
              "url": "http://127.0.0.1:2/", "dueAt": "2030-01-31T08:00:00Z", "maxAge": "PT1H", "timeout": "PT5S",
              "retry": { "attempts": 4, "firstDelay": "PT10M", "factor": 2, "maximum": "PT1H", "jitter": 0.1 }
            }
            """);

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That((answer["dueAt"], answer["expiresAt"]), Is.EqualTo(("2030-01-31T08:00:00.000Z", "2030-01-31T09:00:00.000Z")));
        Assert.That((answer["ends"], answer["exists"]), Is.EqualTo(("expired", "False")));
        Assert.That(JsonElement.DeepEquals(answer.Json.GetProperty("attempts"), JsonElement.Parse("""
            [
              { "attempt": 1, "earliest": "2030-01-31T08:00:00.000Z", "latest": "2030-01-31T08:00:00.000Z" },
              { "attempt": 2, "earliest": "2030-01-31T08:10:00.000Z", "latest": "2030-01-31T08:11:05.000Z" },
              { "attempt": 3, "earliest": "2030-01-31T08:30:00.000Z", "latest": "2030-01-31T08:33:10.000Z" }
            ]
            """)), Is.True, answer.Text);
    }

    [Test]
    public async Task Nothing_is_stored_and_without_an_expiry_it_ends_failed()
    {
        var before = (await GetAsync($"{Timers}/stats"))["total"];

        var answer = await PostAsync(Preview, new { url = Target, delay = "PT1H", id = "previewed" });

        Assert.That((answer["id"], answer["ends"]), Is.EqualTo(("previewed", "failed")));
        Assert.That(answer.Json.GetProperty("attempts").GetArrayLength(), Is.EqualTo(5));
        (await GetAsync($"{Timers}/previewed")).AssertProblem(404);
        Assert.That((await GetAsync($"{Timers}/stats"))["total"], Is.EqualTo(before));
    }

    [Test]
    public async Task What_else_is_due_at_the_receiver_is_counted()
    {
        const string Url = "http://127.0.0.1:5/";
        foreach (var (url, due) in new[] { (Url, "08:00:29"), (Url, "07:59:31"), (Url, "08:00:31"), ("http://127.0.0.1:6/", "08:00:00") })
        {
            await CreateIdAsync(new { url, dueAt = $"2033-01-31T{due}Z" });
        }

        var timer = await PostAsync(Preview, new { url = Url, dueAt = "2033-01-31T08:00:00Z" });
        var schedule = await PostAsync(
            "/api/v1/schedules/preview",
            new { every = "PT1M", anchor = "2033-01-31T08:00:00Z", after = "2033-01-31T07:59:59Z", url = Url, count = 11 });

        Assert.That(timer.Json.GetProperty("alsoDue").GetRawText(), Is.EqualTo(
            """{"from":"2033-01-31T07:59:30.000Z","to":"2033-01-31T08:00:30.000Z","atDestination":2,"ofTenant":3,"complete":true}"""));
        Assert.That(schedule.Status, Is.EqualTo(200), schedule.Text);
        var runs = schedule.Json.GetProperty("runs").EnumerateArray().ToList();
        Assert.That(runs[0].GetProperty("alsoDue").GetRawText(), Is.EqualTo(timer.Json.GetProperty("alsoDue").GetRawText()));
        Assert.That(runs[1].GetProperty("alsoDue").GetProperty("atDestination").GetInt32(), Is.EqualTo(1));
        Assert.That(runs[10].TryGetProperty("alsoDue", out _), Is.False, "of the first ten only");
    }

    [TestCase("""{"url":"http://127.0.0.1:2/"}""", "dueAt")]
    [TestCase("""{"url":"ftp://127.0.0.1:2/","delay":"PT1H"}""", "url")]
    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","maxAge":"PT0S"}""", "maxAge")]
    [TestCase("""{"url":"http://127.0.0.1:2/","delay":"PT1H","other":1}""", "other")]
    [TestCase("[]", "$")]
    public async Task What_a_create_refuses_a_preview_refuses_with_the_same_answer(string body, string field)
    {
        var (preview, create) = (await PostAsync(Preview, body), await PostAsync(Timers, body));

        preview.AssertWrong(field);
        Assert.That(preview.Json.GetProperty("errors").GetRawText(), Is.EqualTo(create.Json.GetProperty("errors").GetRawText()));
    }

    [Test]
    public async Task An_id_that_is_taken_is_told_as_a_create_would()
    {
        var timer = new { url = Target, dueAt = "2031-01-31T08:00:00Z", id = "taken" };
        await CreateIdAsync(timer);

        var same = await PostAsync(Preview, timer);
        var replacing = await PostAsync(
            Preview, new { url = Target, dueAt = "2032-01-31T08:00:00Z", id = "taken", onConflict = "replace" });

        Assert.That((same.Status, same["exists"], same["dueAt"]), Is.EqualTo((200, "True", "2031-01-31T08:00:00.000Z")));
        Assert.That((replacing["exists"], replacing["dueAt"]), Is.EqualTo(("True", "2032-01-31T08:00:00.000Z")));
        foreach (var other in new object[]
        {
            new { url = Target, dueAt = "2032-01-31T08:00:00Z", id = "taken" },
            new { url = Target, dueAt = "2031-01-31T08:00:00Z", id = "taken", onConflict = "reject" },
        })
        {
            var (preview, create) = (await PostAsync(Preview, other), await PostAsync(Timers, other));
            preview.AssertProblem(409);
            Assert.That((preview["title"], preview["detail"]), Is.EqualTo((create["title"], create["detail"])));
        }
    }
}
