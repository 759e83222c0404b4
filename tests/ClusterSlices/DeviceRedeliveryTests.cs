using Tests.EndToEnd.Devices;
using Tests.Faults;
using Tests.Support;

namespace Tests.ClusterSlices;

/// <summary>
/// What Kafka may do to readings beside what it may do to all slices (<see cref="SliceRedeliveryTests"/>): move them between Consumers all
/// the time. No count changes; the oracle recounts from the raw readings.
/// </summary>
[Category(FaultReport.Category)]
public sealed class DeviceRedeliveryTests : SliceClusterFixture
{
    private const string Recorded = "readings.recorded";

    private SliceLog Log => new(Cluster.Kafka!.Uri, "devices", "device");

    [Test]
    public async Task A_rebalance_every_two_seconds_while_readings_come_in_changes_no_count()
    {
        var journal = NewReadings();
        await ForgetAsync();
        using var stop = new CancellationTokenSource();
        var senders = Enumerable.Range(1, 3).Select(seed => journal.SendAsync(seed, keys: 12, stop.Token)).ToList();
        for (var round = 0; round < (Rounds.Given is null ? 4 : 8); round++)
        {
            // Each that goes and each that comes is one: its partitions move while their readings are being stored.
            var consumer = Cluster.Consumers[round % 2];
            await consumer.TerminateAsync();
            await Task.Delay(TimeSpan.FromSeconds(1));
            await consumer.StartAsync();
            var enough = journal.Acknowledged + 50;
            await Eventually.That(() => journal.Acknowledged > enough, MaxWait, "readings flow");
        }

        await stop.CancelAsync();
        await Task.WhenAll(senders).WaitAsync(MaxWait);

        await Log.AppliedAsync();
        await journal.CheckAsync(MaxWait);
    }

    [Test]
    public async Task Corrections_and_erasures_are_announced_with_the_position_of_their_message()
    {
        var device = $"told-{Guid.NewGuid():N}";
        await SendAsync(HttpMethod.Post, "/api/v1/devices/readings", new { device, timestamp = 5, count = 1 });
        await SendAsync(HttpMethod.Post, "/api/v1/devices/adjustments", new { device, timestamp = 5, delta = 2 });
        await SendAsync(HttpMethod.Delete, $"/api/v1/devices/{device}", null);

        var told = Log.ReadAnnouncements().Where(each => each.About == device).ToList();
        Assert.That(told.Select(each => each.Type).Distinct(), Is.EqualTo(new[] { Recorded, "device.happened" }));
        Assert.That(told.Select(each => each.Key), Is.All.EqualTo(device), "keyed by the device, so that its order is kept");
        Assert.That(told.Where(each => each.Type != Recorded).Select(each => each.Message.GetProperty("what").GetString()).Distinct(),
            Is.EqualTo(new[] { "adjusted", "erased" }));
        var recorded = told[0].Message;
        Assert.That(
            (recorded.GetProperty("readings").GetInt32(), recorded.GetProperty("latestAt").GetInt64()), Is.EqualTo((1, 50_000_000L)));

        Assert.That(
            told.Select(each => each.Message.GetProperty("position").GetString()).Distinct().Count(), Is.EqualTo(3),
            "each message has its own");
    }

    private async Task SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : System.Net.Http.Json.JsonContent.Create(body),
        };
        request.Headers.TryAddWithoutValidation("Prefer", "wait=20");
        using var answer = await Http.SendAsync(request);
        Assert.That((int)answer.StatusCode, Is.AnyOf(200, 201, 204), await answer.Content.ReadAsStringAsync());
    }

    private ReadingJournal NewReadings() => new([.. Cluster.Producers.Select(producer => producer.Http)]);

    /// <summary>Other tests' devices would stand in the oracle's way.</summary>
    private Task ForgetAsync() => ReadingJournal.ForgetAsync(Http);
}
