using System.Net;
using Tests.Faults;
using Tests.Support;

namespace Tests.ClusterSlices;

/// <summary>Devices on Kafka and MongoDB: a store that is down, streams, erasures; kills are those of all slices.</summary>
[Category(FaultReport.Category)]
public sealed class DeviceClusterTests : SliceClusterFixture
{
    private const string Devices = "/api/v1/devices";

    [Test]
    public async Task With_the_store_down_readings_are_accepted_and_applied_afterwards_and_routes_that_wait_say_503()
    {
        var device = $"down-{Guid.NewGuid():N}";
        await ServesAsync($"{Devices}/readings", new { device, timestamp = 1, count = 1 });
        Cluster.Mongo.Kill();
        try
        {
            var accepted = await PostAsync($"{Devices}/readings", new { device, timestamp = 2, count = 2 });
            var preferred = await PostAsync($"{Devices}/readings", new { device, timestamp = 4, count = 4 }, prefer: "wait=1");
            var adjusted = await PostAsync($"{Devices}/adjustments", new { device, timestamp = 2, delta = 100 });
            var unknown = await PostAsync($"{Devices}/adjustments", new { device, timestamp = 99, delta = 1000 });
            var waited = await PostAsync(
                "/ingest", new { id = device, readings = new[] { new { timestamp = 3, count = 3 } } }, prefer: "wait=2");

            Assert.That(
                (accepted.Status, preferred.Status, adjusted.Status, unknown.Status, waited.Status),
                Is.EqualTo((HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.Accepted,
                    HttpStatusCode.ServiceUnavailable)));
            Assert.That(new[] { accepted.Tracking, preferred.Tracking, waited.Tracking }, Is.All.Not.Null.And.All.Not.Empty);
            Assert.That(waited.Body.GetProperty("error").GetProperty("message").GetString(), Does.Contain("X-Tracking-Id"));

            Cluster.Mongo.Start();
            await Eventually.That(
                async () => await StateOfAsync(waited.Tracking!) == "applied" && await StateOfAsync(accepted.Tracking!) == "applied"
                    && await StateOfAsync(preferred.Tracking!) == "applied" && await StateOfAsync(adjusted.Tracking!) == "applied"
                    && await StateOfAsync(unknown.Tracking!) == "rejected",
                MaxWait, "they are applied");
        }
        finally
        {
            await Cluster.ReviveAsync();
        }

        Assert.That((await Http.GetStringAsync($"/devices/{device}/cumulative_count")), Is.EqualTo("""{"cumulative_count":110}"""));
        var repeated = await PostAsync("/ingest", new { id = device, readings = new[] { new { timestamp = 3, count = 9 } } });
        Assert.That(repeated.Status, Is.EqualTo(HttpStatusCode.MultiStatus));
    }

    [Test]
    public async Task A_stream_on_one_producer_tells_what_another_accepted_also_after_redis_was_away()
    {
        const string Stream = $"{Devices}/readings/stream";
        var device = $"live-{Guid.NewGuid():N}";
        await ServesAsync($"{Devices}/readings", new { device, timestamp = 1, count = 1 });
        await using var all = await ServerEvents.OpenAsync(Cluster.Producers[0].Http, Stream);
        await using var one = await ServerEvents.OpenAsync(Cluster.Producers[1].Http, $"{Stream}?device={device}");
        await all.NextAsync(next => next.Name == "snapshot" && !next.Json.GetProperty("more").GetBoolean());
        var snapshot = await one.NextAsync();
        Assert.That(snapshot.Json.GetProperty("items")[0].GetProperty("cumulativeCount").GetInt64(), Is.EqualTo(1));

        await PostAsync($"{Devices}/readings", new { device, timestamp = 2, count = 2 });
        await all.NextAsync(IsAt(3));
        var told = await one.NextAsync(IsAt(3));
        Assert.That(told.Name, Is.EqualTo("change"));

        await using (var elsewhere = await ServerEvents.OpenAsync(Cluster.Producers[0].Http, $"{Stream}?device={device}", snapshot.Id))
        {
            Assert.That((await elsewhere.NextAsync()).Name, Is.EqualTo("change"), "a position is known to every Producer");
        }

        Cluster.Redis.Kill();
        try
        {
            await PostAsync($"{Devices}/readings", new { device, timestamp = 3, count = 3 }, prefer: "wait=10");
        }
        finally
        {
            Cluster.Redis.Start();
        }

        await one.NextAsync(IsAt(6));
        await all.NextAsync(next => next.Data.Contains(device, StringComparison.Ordinal)
            && next.Data.Contains("\"cumulativeCount\":6", StringComparison.Ordinal));

        Func<ServerEvent, bool> IsAt(int total) => next => next.Name == "change"
            && next.Json.GetProperty("id").GetString() == device && next.Json.GetProperty("cumulativeCount").GetInt64() == total;
    }

    [Test]
    public async Task An_erased_device_stays_erased_and_begins_anew()
    {
        var device = $"erased-{Guid.NewGuid():N}";
        await PostAsync($"{Devices}/readings", new { device, timestamp = 1, count = 1 }, prefer: "wait=10");
        using var erased = await Http.DeleteAsync($"{Devices}/{device}");
        Assert.That(erased.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));

        await PostAsync($"{Devices}/readings", new { device, timestamp = 1, count = 5 }, prefer: "wait=10");

        Assert.That((await Http.GetStringAsync($"/devices/{device}/cumulative_count")), Is.EqualTo("""{"cumulative_count":5}"""));
    }
}
