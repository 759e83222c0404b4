using Tests.Support;

namespace Tests.EndToEnd.Devices;

/// <summary>A device that falls silent is reported by the real program.</summary>
[NonParallelizable]
public sealed class SilentDeviceTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task A_device_that_falls_silent_is_reported_once_with_its_name_and_since_when()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync("--Devices:WatchInterval=00:00:00.100");
        await standalone.Http.PutAsync(
            "/api/v1/devices/door", JsonOf($$"""{"name":"Door","quietAfter":"PT1S","quietUrl":"{{receiver.At("/quiet")}}"}"""));
        var start = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 6; i++)
        {
            await standalone.Http.PostAsync("/api/v1/devices/readings", JsonOf($$"""{"device":"door","timestamp":{{i}},"count":1}"""));
            await Task.Delay(300);
        }

        Assert.That(receiver.Count, Is.Zero, "It was heard of all the time.");
        await Eventually.That(() => receiver.Count > 0, MaxWait, "its silence is reported");
        await Task.Delay(2_500);

        Assert.That(receiver.Count, Is.EqualTo(1), "Once for each silence.");
        using var document = System.Text.Json.JsonDocument.Parse(receiver.Journal[0].Body);
        var body = document.RootElement;
        Assert.That((body.GetProperty("type").GetString(), body.GetProperty("device").GetString(), body.GetProperty("name").GetString()),
            Is.EqualTo(("device.silent", "door", "Door")));
        Assert.That(body.GetProperty("since").GetDateTimeOffset(), Is.InRange(start.AddSeconds(1), start.AddSeconds(10)));

        await standalone.Http.PostAsync("/api/v1/devices/readings", JsonOf("""{"device":"door","timestamp":9,"count":1}"""));
        await Eventually.That(() => receiver.Count == 2, MaxWait, "the next silence is reported, too");
    }

    private static StringContent JsonOf(string json) => new(json, System.Text.Encoding.UTF8, "application/json");
}
