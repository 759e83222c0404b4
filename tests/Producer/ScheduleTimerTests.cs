using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.Support;

namespace Tests.Producer;

/// <summary>POST /api/v1/timers over the hosted application.</summary>
public sealed class ScheduleTimerTests
{
    private HostedStandalone app = null!;
    private HttpClient http = null!;

    [OneTimeSetUp]
    public void Start()
    {
        app = new HostedStandalone();
        http = app.CreateClient();
    }

    [OneTimeTearDown]
    public void Stop()
    {
        http.Dispose();
        app.Dispose();
    }

    [Test]
    public async Task Post_of_a_valid_timer_answers_201_with_location_etag_and_the_timer()
    {
        using var answer = await http.PostAsJsonAsync("/api/v1/timers", new { url = "http://127.0.0.1:9/hook", delay = "PT1H" });

        var timer = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Multiple(() =>
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Created));
            Assert.That(answer.Headers.Location!.OriginalString, Is.EqualTo($"/api/v1/timers/{timer.GetProperty("id").GetString()}"));
            Assert.That(answer.Headers.ETag!.Tag, Is.EqualTo("\"1\""));
            Assert.That(timer.GetProperty("state").GetString(), Is.EqualTo("scheduled"));
            Assert.That(Guid.Parse(timer.GetProperty("id").GetString()!).Version, Is.EqualTo(7));
            Assert.That(timer.GetProperty("timeout").GetString(), Is.EqualTo("PT15S"));
        });
    }
}
