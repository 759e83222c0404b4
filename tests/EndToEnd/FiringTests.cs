using System.Net.Http.Json;
using System.Text.Json;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>The real program and a real receiver.</summary>
[Parallelizable]
public sealed class FiringTests
{
    [Test]
    public async Task A_timer_created_over_rest_fires_its_webhook_at_the_due_instant_and_get_shows_it()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();

        var created = await (await standalone.Http.PostAsJsonAsync("/api/v1/timers", new { url = receiver.At("/hook"), delay = "PT0.5S" }))
            .Content.ReadFromJsonAsync<JsonElement>();
        var id = created.GetProperty("id").GetString();
        var due = created.GetProperty("dueAt").GetDateTimeOffset();

        await Eventually.That(() => receiver.Count == 1, TimeSpan.FromSeconds(30), "the webhook arrives");
        var arrival = receiver.Journal[0];
        Assert.That(arrival.At, Is.GreaterThanOrEqualTo(due));
        Assert.That(arrival.TimerId, Is.EqualTo(id));
        await Eventually.That(
            async () => (await standalone.Http.GetFromJsonAsync<JsonElement>($"/api/v1/timers/{id}"))
                .GetProperty("state").GetString() == "succeeded",
            TimeSpan.FromSeconds(30),
            "the timer has succeeded");
    }
}
