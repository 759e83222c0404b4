using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.Support;

namespace Tests.EndToEnd.Devices;

/// <summary>
/// A client that sends every reading twice, and again until it is acknowledged; and an oracle that recounts from what it sent and from the
/// raw readings that the service exports.
/// </summary>
internal sealed class ReadingJournal(params HttpClient[] clients)
{
    private const string Devices = "/api/v1/devices";
    private readonly ConcurrentDictionary<(string Device, long At), long> sent = new();
    private readonly ConcurrentDictionary<(string Device, long At), bool> acknowledged = new();
    private int next;

    /// <summary>What the ids of its devices begin with.</summary>
    public string Prefix { get; } = $"{Guid.NewGuid():N}"[..6];

    public int Acknowledged => acknowledged.Count;

    /// <summary>
    /// Sends batches of random sizes, devices and instants until it is told to stop; nothing is left unacknowledged then.
    /// </summary>
    public async Task SendAsync(int seed, int devices, CancellationToken stop)
    {
        var random = new Random(seed);
        for (var batch = 0; !stop.IsCancellationRequested; batch++)
        {
            // Each sender has instants of its own, out of order, so that what is first is known.
            var readings = Enumerable.Range(0, random.Next(1, 60)).Select(i => (
                Device: $"{Prefix}-{random.Next(devices)}",
                At: (seed * 10_000_000L) + (batch * 100) + (i ^ 5), Count: (long)random.Next(-10, 100)))
                .ToList();
            foreach (var reading in readings)
            {
                sent[(reading.Device, reading.At)] = reading.Count;
            }

            await DeliverAsync(readings);
            await DeliverAsync(readings);
        }
    }

    /// <summary>Erases all devices, so that no other test's stand in the oracle's way.</summary>
    public static async Task ForgetAsync(HttpClient http)
    {
        using var list = JsonDocument.Parse(await http.GetStringAsync($"{Devices}?limit=1000"));
        foreach (var device in list.RootElement.GetProperty("items").EnumerateArray())
        {
            (await http.DeleteAsync($"{Devices}/{device.GetProperty("id").GetString()}")).Dispose();
        }
    }

    /// <summary>Sends everything once more, in other batches and another order.</summary>
    public async Task RepeatAsync()
    {
        foreach (var batch in sent.OrderBy(each => each.Key.At).ThenBy(each => each.Key.Device).Chunk(50).Reverse())
        {
            await DeliverAsync([.. batch.Select(each => (each.Key.Device, each.Key.At, each.Value))]);
        }
    }

    /// <summary>Every total is that of what was sent, and of the raw readings; and no reading is there that nobody sent.</summary>
    public async Task CheckAsync(TimeSpan within)
    {
        Assert.That(acknowledged, Has.Count.EqualTo(sent.Count), "everything was acknowledged in the end");
        var expected = sent.GroupBy(each => each.Key.Device).ToDictionary(
            group => group.Key, group =>
                (Readings: (long)group.Count(), Total: group.Sum(each => each.Value), Latest: group.Max(each => each.Key.At)));
        await Eventually.That(
            async () =>
            {
                var raw = await RecountAsync();
                var totals = await TotalsAsync();
                return expected.All(
                    each => raw.GetValueOrDefault(each.Key) == each.Value && totals.GetValueOrDefault(each.Key) == each.Value)
                    && raw.Count == expected.Count && totals.Count == expected.Count;
            },
            within,
            "totals and raw readings are what was sent");
    }

    private async Task DeliverAsync(List<(string Device, long At, long Count)> readings)
    {
        var body = readings.Select(each => new { device = each.Device, timestamp = each.At, count = each.Count }).ToArray();
        while (true)
        {
            try
            {
                using var answer = await clients[Interlocked.Increment(ref next) % clients.Length].PostAsJsonAsync(
                    $"{Devices}/readings", body);
                if (answer.IsSuccessStatusCode)
                {
                    Assert.That((int)answer.StatusCode, Is.AnyOf(201, 202), "nothing of it may be refused");
                    foreach (var (device, at, _) in readings)
                    {
                        acknowledged[(device, at)] = true;
                    }

                    return;
                }

                Assert.That((int)answer.StatusCode, Is.EqualTo(503), await answer.Content.ReadAsStringAsync());
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
            {
                // It is down; whether it took the readings nobody knows.
            }

            await Task.Delay(50);
        }
    }

    private async Task<Dictionary<string, (long Readings, long Total, long Latest)>> RecountAsync()
    {
        var counts = new Dictionary<string, (long Readings, long Total, long Latest)>();
        var seen = new HashSet<(string, string)>();
        foreach (var line in (await clients[0].GetStringAsync($"{Devices}/export")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            var (device, at, count) = (document.RootElement.GetProperty("device").GetString()!,
                document.RootElement.GetProperty("timestamp").GetString()!, document.RootElement.GetProperty("count").GetInt64());
            Assert.That(seen.Add((device, at)), Is.True, $"{device} has two readings at {at}");
            var before = counts.GetValueOrDefault(device, (0, 0, long.MinValue));
            var instant = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
            counts[device] = (before.Item1 + 1, before.Item2 + count, Math.Max(before.Item3, instant));
        }

        return counts;
    }

    private async Task<Dictionary<string, (long Readings, long Total, long Latest)>> TotalsAsync()
    {
        using var document = JsonDocument.Parse(await clients[0].GetStringAsync($"{Devices}?limit=1000"));
        return document.RootElement.GetProperty("items")
            .EnumerateArray().Where(each => each.TryGetProperty("latestTimestamp", out _)).ToDictionary(
            each => each.GetProperty("id").GetString()!,
            each => (each.GetProperty("readings").GetInt64(), each.GetProperty("cumulativeCount").GetInt64(),
                each.GetProperty("latestTimestamp").GetDateTimeOffset().ToUnixTimeSeconds()));
    }
}
