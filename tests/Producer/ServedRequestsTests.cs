using Microsoft.Extensions.DependencyInjection;
using Producer.Slices;
using Tests.Support;

namespace Tests.Producer;

/// <summary>A Producer for reads or for writes alone: what it does not serve is not there, and its document says what is.</summary>
[TestFixture(ServedRequests.Reads)]
[TestFixture(ServedRequests.Writes)]
public sealed class ServedRequestsTests(ServedRequests serves) : RestTests
{
    private static readonly string[] Reads = ["listTimers", "countTimers", "getTimer", "listAttempts", "seedGetTimer"];
    private static readonly string[] Writes =
    [
        "scheduleTimer", "scheduleTimerBatch", "changeTimer", "deleteTimer", "cancelTimer", "pauseTimer", "resumeTimer", "fireTimer",
        "touchTimer", "replayTimer", "replayTimers", "previewTimer", "seedCreateTimer",
    ];

    protected override HostedStandalone CreateApp() =>
        new(services => services.Configure<ProducerOptions>(options => options.Serves = serves));

    [Test]
    public async Task Document_has_what_is_served_and_nothing_else()
    {
        var answer = await GetAsync("/openapi/v1.json");

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(
            new OpenApiDocument(answer.Json).Operations.Select(operation => operation.Id).Intersect([.. Reads, .. Writes]),
            Is.EquivalentTo(serves == ServedRequests.Reads ? Reads : Writes));
    }

    [Test]
    public async Task Creating_and_reading_are_there_or_not()
    {
        var create = await PostAsync(Timers, new { url = Target, delay = "PT1H" });
        var read = await GetAsync($"{Timers}/nobody");

        Assert.That((create.Status, read.Status), Is.EqualTo(serves == ServedRequests.Reads ? (405, 404) : (201, 405)));
    }
}
