using System.Text.Json;

namespace Tests.Producer;

/// <summary>The first service's routes, with its shapes to the letter.</summary>
public sealed class SeedTimersTests : RestTests
{
    private const string Seed = "/api/v1/timer";

    [Test]
    public async Task Post_answers_201_with_the_seeds_shape_and_the_platforms_headers()
    {
        var answer = await PostAsync(Seed, new { hours = 4, minutes = 0, seconds = 1, webhookUrl = Target });

        var timer = answer.Json.GetProperty("timer");
        var id = timer.GetProperty("timerId").GetString();
        Assert.Multiple(() =>
        {
            Assert.That(answer.Status, Is.EqualTo(201));
            Assert.That(Names(answer.Json), Is.EqualTo(["code", "message", "timer"]));
            Assert.That(Names(timer), Is.EqualTo(["timerId", "timeLeft", "timerStatus"]));
            Assert.That((answer["code"], answer["message"]), Is.EqualTo(("201", "Timer Created!")));
            Assert.That(timer.GetProperty("timeLeft").GetRawText(), Does.Match("^1440[01]$"));
            Assert.That(timer.GetProperty("timerStatus").GetString(), Is.EqualTo("Scheduled"));
            Assert.That(answer.Headers.GetValues("X-Tracking-Id"), Is.EqualTo([id]));
            Assert.That(answer.Headers.Location!.OriginalString, Is.EqualTo($"{Seed}/{id}"));
        });
    }

    [Test]
    public async Task Get_answers_200_with_whole_seconds_left()
    {
        var id = (await PostAsync(Seed, new { hours = 0, minutes = 10, seconds = 0, webhookUrl = Target }))
            .Json.GetProperty("timer").GetProperty("timerId").GetString();

        var answer = await GetAsync($"{Seed}/{id}");

        Assert.Multiple(() =>
        {
            Assert.That((answer.Status, answer["code"], answer["message"]), Is.EqualTo((200, "200", "fetched successfully!")));
            Assert.That(Names(answer.Json), Is.EqualTo(["code", "message", "timer"]));
            Assert.That(answer.Json.GetProperty("timer").GetProperty("timeLeft").GetInt64(), Is.InRange(500, 600));
        });
        Assert.That((await GetAsync($"{Timers}/{id}")).Status, Is.EqualTo(200), "it is a timer like any other");
    }

    [TestCase("paused", "Scheduled")]
    [TestCase("cancelled", "Finished")]
    public async Task Get_says_the_state_in_the_seeds_words(string state, string word)
    {
        var id = await CreateIdAsync();
        await (state == "paused" ? PostAsync($"{Timers}/{id}/pause") : DeleteAsync($"{Timers}/{id}"));

        var timer = (await GetAsync($"{Seed}/{id}")).Json.GetProperty("timer");

        Assert.That(timer.GetProperty("timerStatus").GetString(), Is.EqualTo(word));
        Assert.That(timer.GetProperty("timeLeft").GetInt64(), word == "Finished" ? Is.Zero : Is.Positive);
    }

    [Test]
    public async Task Get_of_an_unknown_timer_answers_404_in_the_seeds_shape() =>
        AssertSeedError(await GetAsync($"{Seed}/{Guid.CreateVersion7()}"), 404);

    [Test]
    public async Task Get_of_a_bad_id_answers_400_in_the_seeds_shape() => AssertSeedError(await GetAsync($"{Seed}/a%20b"), 400, "id");

    [TestCase("", "$")]
    [TestCase("{", "$")]
    [TestCase("[]", "$")]
    [TestCase("""{"hours":1,"hours":2}""", "$")]
    [TestCase("""{"\ud800":2}""", "$")]
    [TestCase("""{"hours":1,"minutes":0,"seconds":0}""", "webhookUrl")]
    [TestCase("""{"hours":1,"minutes":0,"webhookUrl":"http://127.0.0.1:2/"}""", "seconds")]
    [TestCase("""{"hours":1,"minutes":null,"seconds":0,"webhookUrl":"http://127.0.0.1:2/"}""", "minutes")]
    [TestCase("""{"minutes":1,"seconds":0,"webhookUrl":"http://127.0.0.1:2/"}""", "hours")]
    [TestCase("""{"hours":1,"minutes":0,"seconds":0,"webhookUrl":"nowhere"}""", "webhookUrl")]
    [TestCase("""{"hours":1,"minutes":0,"seconds":0,"webhookUrl":"http://127.0.0.1:2/\ud800"}""", "webhookUrl")]
    [TestCase("""{"hours":1,"minutes":0,"seconds":0,"webhookUrl":7}""", "webhookUrl")]
    [TestCase("""{"hours":-1,"minutes":0,"seconds":0,"webhookUrl":"http://127.0.0.1:2/"}""", "hours")]
    [TestCase("""{"hours":87601,"minutes":0,"seconds":0,"webhookUrl":"http://127.0.0.1:2/"}""", "hours")]
    [TestCase("""{"hours":87600,"minutes":1,"seconds":0,"webhookUrl":"http://127.0.0.1:2/"}""", "hours")]
    [TestCase("""{"hours":0,"minutes":"1","seconds":0,"webhookUrl":"http://127.0.0.1:2/"}""", "minutes")]
    [TestCase("""{"hours":0,"minutes":60,"seconds":0,"webhookUrl":"http://127.0.0.1:2/"}""", "minutes")]
    [TestCase("""{"hours":0,"minutes":1,"seconds":60,"webhookUrl":"http://127.0.0.1:2/"}""", "seconds")]
    [TestCase("""{"hours":0,"minutes":0,"seconds":1.5,"webhookUrl":"http://127.0.0.1:2/"}""", "seconds")]
    [TestCase("""{"hours":0,"minutes":0,"seconds":99999999999,"webhookUrl":"http://127.0.0.1:2/"}""", "seconds")]
    [TestCase("""{"hours":0,"minutes":0,"seconds":1,"webhookUrl":"http://127.0.0.1:2/","days":1}""", "days")]
    public async Task Post_of_a_wrong_request_answers_400_in_the_seeds_shape(string body, string field) =>
        AssertSeedError(await PostAsync(Seed, body), 400, field);

    [Test]
    public async Task Post_with_several_wrong_fields_names_all()
    {
        var answer = await PostAsync(Seed, """{"hours":-1,"minutes":"x","seconds":1e9,"webhookUrl":""}""");

        Assert.That(Names(answer.Json.GetProperty("details")), Is.EquivalentTo(["hours", "minutes", "seconds", "webhookUrl"]));
    }

    [Test]
    public async Task Post_of_broken_gzip_answers_400_in_the_seeds_shape()
    {
        var content = Content("not gzip")!;
        content.Headers.ContentEncoding.Add("gzip");

        AssertSeedError(await SendAsync(HttpMethod.Post, Seed, content), 400);
    }

    [Test]
    public async Task Post_of_an_unknown_content_type_answers_415_in_the_seeds_shape() =>
        AssertSeedError(await SendAsync(HttpMethod.Post, Seed, Content("{}", "text/plain")), 415);

    [Test]
    public async Task Post_larger_than_16_KiB_answers_413_in_the_seeds_shape()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Seed) { Content = Content(new byte[(16 * 1024) + 1]) };
        request.Headers.ExpectContinue = true;

        AssertSeedError(await Answer.ReadAsync(await Http.SendAsync(request)), 413);
    }

    [Test]
    public async Task Health_answers_ok() => Assert.That((await GetAsync("/health"))["status"], Is.EqualTo("ok"));

    internal static void AssertSeedError(Answer answer, int status, string? field = null)
    {
        Assert.Multiple(() =>
        {
            Assert.That(answer.Status, Is.EqualTo(status), answer.Text);
            Assert.That(answer.MediaType, Is.EqualTo("application/json"));
            Assert.That(Names(answer.Json), Is.EqualTo(["details", "timestamp", "code", "message"]));
            Assert.That(answer["code"], Is.EqualTo(status.ToString()));
            Assert.That(answer.Json.GetProperty("timestamp").TryGetDateTimeOffset(out _), Is.True);
        });
        if (field is not null)
        {
            Assert.That(answer.Json.GetProperty("details").GetProperty(field)[0].GetString(), Is.Not.Empty);
        }
    }

    private static string[] Names(JsonElement json) => [.. json.EnumerateObject().Select(field => field.Name)];
}
