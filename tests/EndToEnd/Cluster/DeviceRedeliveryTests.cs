using System.Text.Json;
using Tests.EndToEnd.Devices;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Cluster;

/// <summary>
/// What Kafka may do to readings: give all of them again, move them between Consumers all the time, be made anew. No count changes; the
/// oracle recounts from the raw readings.
/// </summary>
[Category(FaultReport.Category)]
public sealed class DeviceRedeliveryTests : ClusterFixture
{
    private const string Recorded = "readings.recorded";

    private SliceLog Log => new(Cluster.Kafka!.Uri, "devices", "device");

    [Test]
    public async Task Redelivery_from_offset_zero_changes_no_count_and_announces_the_same_again()
    {
        var journal = await RecordAsync(readings: 600);
        await Log.AppliedAsync();
        var before = Told();
        foreach (var consumer in Cluster.Consumers)
        {
            await consumer.TerminateAsync();
        }

        await Log.RewindAsync();
        await Task.WhenAll(Cluster.Consumers.Select(consumer => consumer.StartAsync()));
        await Log.AppliedAsync();

        await journal.CheckAsync(MaxWait);
        var after = Told();
        Assert.That(after.Keys, Is.EquivalentTo(before.Keys), "a repetition has the position of its first time");
        Assert.That(after, Is.All.Matches<KeyValuePair<string, List<string>>>(
            each => each.Value.Count > before[each.Key].Count && each.Value.Distinct().Count() == 1), "each is told again, and alike");
        Assert.That(
            before.Values.Sum(each => JsonDocument.Parse(each[0]).RootElement.GetProperty("readings").GetInt64()),
            Is.GreaterThanOrEqualTo(2 * journal.Acknowledged), "whatever came was told, also what came twice");

        // Of this test's devices, by position.
        Dictionary<string, List<string>> Told() => Log.ReadAnnouncements()
            .Where(each => each.Type == Recorded && each.About.StartsWith(journal.Prefix, StringComparison.Ordinal))
            .GroupBy(each => each.Message.GetProperty("position").GetString()!)
            .ToDictionary(group => group.Key, group => group.Select(each => each.Message.GetRawText()).ToList());
    }

    [Test]
    public async Task A_recreated_topic_and_clients_that_send_everything_again_change_no_count()
    {
        var journal = await RecordAsync(readings: 400);
        await Log.AppliedAsync();

        await Log.RecreateAsync();
        await journal.RepeatAsync();
        await SendAsync(journal, seed: 9, readings: 200);

        await journal.CheckAsync(MaxWait);
        await Log.RecreateAsync();
        await journal.RepeatAsync();
        await Log.AppliedAsync();
        await journal.CheckAsync(MaxWait);
    }

    [Test]
    public async Task A_rebalance_every_two_seconds_while_readings_come_in_changes_no_count()
    {
        var journal = NewReadings();
        await ForgetAsync();
        using var stop = new CancellationTokenSource();
        var senders = Enumerable.Range(1, 3).Select(seed => journal.SendAsync(seed, devices: 12, stop.Token)).ToList();
        for (var round = 0; round < 8; round++)
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

    private async Task<ReadingJournal> RecordAsync(int readings)
    {
        await ForgetAsync();
        var journal = NewReadings();
        await SendAsync(journal, seed: 1, readings);
        await journal.CheckAsync(MaxWait);
        return journal;
    }

    private static async Task SendAsync(ReadingJournal journal, int seed, int readings)
    {
        using var stop = new CancellationTokenSource();
        var enough = journal.Acknowledged + readings;
        var senders = Enumerable.Range(seed, 3).Select(each => journal.SendAsync(each, devices: 12, stop.Token)).ToList();
        await Eventually.That(() => journal.Acknowledged > enough, MaxWait, "readings flow");
        await stop.CancelAsync();
        await Task.WhenAll(senders).WaitAsync(MaxWait);
    }
}
