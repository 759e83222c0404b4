using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Timers;

namespace Tests.Producer;

/// <summary>POST /api/v1/timers over the hosted application.</summary>
public sealed class ScheduleTimerTests : RestTests
{
    [Test]
    public async Task Post_of_a_valid_timer_answers_201_with_location_etag_and_the_timer()
    {
        var answer = await PostAsync(Timers, new { url = Target, delay = "PT1H" });

        Assert.Multiple(() =>
        {
            Assert.That(answer.Status, Is.EqualTo(201));
            Assert.That(answer.Headers.Location!.OriginalString, Is.EqualTo($"/api/v1/timers/{answer["id"]}"));
            Assert.That(answer.ETag, Is.EqualTo("\"1\""));
            Assert.That(answer["state"], Is.EqualTo("scheduled"));
            Assert.That(Guid.Parse(answer["id"]).Version, Is.EqualTo(7));
            Assert.That(answer["timeout"], Is.EqualTo("PT15S"));
        });
    }

    [Test]
    public async Task Answers_say_how_long_they_are()
    {
        var id = (await PostAsync(Timers, new { url = Target, delay = "PT1H" }))["id"];

        foreach (var (method, path, content, status) in new (HttpMethod, string, object?, int)[]
        {
            (HttpMethod.Post, Timers, new { url = Target, delay = "PT1H", metadata = new { word = "ключ" } }, 201),
            (HttpMethod.Post, $"{Timers}/batch", new[] { new { url = Target, delay = "PT1H" } }, 201),
            (HttpMethod.Get, $"{Timers}/{id}", null, 200),
            (HttpMethod.Get, $"{Timers}/{id}/attempts", null, 200),
            (HttpMethod.Get, Timers, null, 200),
            (HttpMethod.Get, $"{Timers}/stats", null, 200),
            (HttpMethod.Patch, $"{Timers}/{id}", new { delay = "PT2H" }, 200),
            (HttpMethod.Post, $"{Timers}/{id}/pause", null, 200),
            (HttpMethod.Post, $"{Timers}/replay", null, 200),
            (HttpMethod.Post, "/api/v1/timer", new { hours = 1, minutes = 0, seconds = 0, webhookUrl = Target }, 201),
            (HttpMethod.Get, $"/api/v1/timer/{id}", null, 200),
            (HttpMethod.Post, Timers, new { url = "ключ" }, 400),
            (HttpMethod.Get, $"{Timers}/none", null, 404),
            (HttpMethod.Put, Timers, null, 405),
            (HttpMethod.Delete, $"{Timers}/{id}", null, 412),
            (HttpMethod.Post, Timers, Content(new byte[(2 * 1024 * 1024) + 1]), 413),
            (HttpMethod.Post, Timers, new StringContent("none"), 415),
        })
        {
            // Headers alone: a client that has read all of an answer counts its bytes itself.
            using var request = new HttpRequestMessage(method, path)
            { Content = content as HttpContent ?? (content is null ? null : JsonContent.Create(content)) };
            request.Headers.ExpectContinue = status == 413;
            if (status == 412)
            {
                request.Headers.Add("If-Match", "\"1\"");
            }

            using var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.That((int)answer.StatusCode, Is.EqualTo(status), path);
            var length = answer.Content.Headers.ContentLength;
            Assert.That(length, Is.EqualTo((await answer.Content.ReadAsByteArrayAsync()).LongLength), path);
        }
    }

    [Test]
    public async Task Post_of_all_options_keeps_all_of_them()
    {
        var answer = await PostAsync(Timers, """
            {
              "url": "http://127.0.0.1:2/hook?x=1", "delay": {"hours": 1, "minutes": 30, "seconds": 0.5}, "method": "put",
              "headers": {"x-order": "4711"}, "body": {"n": 1e2, "list": [null, true]},
              "retry": {"attempts": 8, "firstDelay": "PT2S", "factor": 2.5, "maximum": {"minutes": 5}, "jitter": 0},
              "onAmbiguous": "park", "timeout": "PT0.1S", "tags": ["a", "b", "a"], "metadata": {"customer": "c-17"}
            }
            """);

        var read = (await GetAsync(answer.Headers.Location!.OriginalString)).Json;
        Assert.Multiple(() =>
        {
            Assert.That(read.GetProperty("url").GetString(), Is.EqualTo("http://127.0.0.1:2/hook?x=1"));
            Assert.That(Span(read, "createdAt", "dueAt"), Is.EqualTo(TimeSpan.FromSeconds(5400.5)).Within(TimeSpan.FromMilliseconds(1)));
            Assert.That(read.GetProperty("method").GetString(), Is.EqualTo("PUT"));
            Assert.That(read.GetProperty("headers").GetRawText(), Is.EqualTo("""{"x-order":"4711"}"""));
            Assert.That(
                read.GetProperty("body").GetRawText(), Is.EqualTo("""{"n": 1e2, "list": [null, true]}"""), "handed on as it was written");
            Assert.That(
                read.GetProperty("retry").GetRawText(),
                Is.EqualTo("""{"attempts":8,"firstDelay":"PT2S","factor":2.5,"maximum":"PT5M","jitter":0}"""));
            Assert.That(read.GetProperty("onAmbiguous").GetString(), Is.EqualTo("park"));
            Assert.That(read.GetProperty("timeout").GetString(), Is.EqualTo("PT0.1S"));
            Assert.That(read.GetProperty("tags").GetRawText(), Is.EqualTo("""["a","b"]"""));
            Assert.That(read.GetProperty("metadata").GetRawText(), Is.EqualTo("""{"customer": "c-17"}"""));
        });
    }

    [TestCase("2030-01-31T08:00:00Z", "2030-01-31T08:00:00.000Z")]
    [TestCase("2030-01-31T08:00:00.123Z", "2030-01-31T08:00:00.123Z")]
    [TestCase("2030-01-31T08:00:00.1230001Z", "2030-01-31T08:00:00.124Z")]
    [TestCase("2030-01-31T08:00:00.123000000001Z", "2030-01-31T08:00:00.124Z")]
    [TestCase("2030-01-31T08:00:00.9999Z", "2030-01-31T08:00:01.000Z")]
    [TestCase("2030-01-31T08:00:00+05:30", "2030-01-31T02:30:00.000Z")]
    public async Task Post_of_an_instant_rounds_it_up_to_whole_milliseconds_in_utc(string dueAt, string kept)
    {
        var answer = await CreateAsync(new { url = Target, dueAt });

        Assert.That(answer["dueAt"], Is.EqualTo(kept));
    }

    [Test]
    public async Task Post_of_text_and_explicit_retries_shows_them()
    {
        var retry = new { delays = new object[] { "PT1S", new { minutes = 1 } } };

        var answer = await CreateAsync(new { url = Target, delay = "P1D", body = "häl\"lo", retry });

        Assert.Multiple(() =>
        {
            Assert.That(answer["body"], Is.EqualTo("häl\"lo"));
            Assert.That(answer["retry"], Is.EqualTo("""{"attempts":3,"jitter":0,"delays":["PT1S","PT1M"]}"""));
        });
    }

    [TestCase("order:4711~a.b_c-d")]
    [TestCase("0195F3B2-0000-7000-8000-00000000ABCD")]
    public async Task Post_under_an_own_id_is_read_under_it(string id)
    {
        var answer = await CreateAsync(new { url = Target, delay = "PT1H", id });

        var read = await GetAsync($"{Timers}/{id}");
        Assert.That((read.Status, read["id"]), Is.EqualTo((200, answer["id"])));
        Assert.That(answer["id"], Is.EqualTo(Guid.TryParse(id, out var uuid) ? uuid.ToString() : id));
    }

    [Test]
    public async Task Post_of_the_largest_body_is_accepted_and_one_byte_more_is_not()
    {
        var most = new string('x', 256 * 1024);

        var accepted = await PostAsync(Timers, new { url = Target, delay = "PT1H", body = most });
        var refused = await PostAsync(Timers, new { url = Target, delay = "PT1H", body = most + "x" });

        Assert.That(accepted.Status, Is.EqualTo(201));
        refused.AssertWrong("body");
    }

    [Test]
    public async Task Post_of_a_body_without_a_content_type_is_refused()
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new { url = Target, delay = "PT1H" }));

        (await SendAsync(HttpMethod.Post, Timers, content)).AssertProblem(415);
    }

    [TestCase("wait=0")]
    [TestCase("wait=5")]
    [TestCase("respond-async, wait=1")]
    [TestCase("wait=nonsense")]
    public async Task Post_that_prefers_to_wait_answers_201_when_the_timer_is_stored(string prefer) =>
        Assert.That((await PostAsync(Timers, new { url = Target, delay = "PT1H" }, ("Prefer", prefer))).Status, Is.EqualTo(201));

    [Test]
    public void Every_state_has_a_name_of_its_own() =>
        Assert.That(Enum.GetValues<TimerState>().Select(global::Producer.Timers.TimerResource.StateName), Is.Unique);

    private static TimeSpan Span(JsonElement timer, string from, string to) =>
        timer.GetProperty(to).GetDateTimeOffset() - timer.GetProperty(from).GetDateTimeOffset();
}
