using System.Text.Json;
using Tests.Support;

namespace Tests.EndToEnd.Devices;

/// <summary>
/// Readings, twice each; the oracle recounts from what was sent and from the raw readings that the service exports.
/// </summary>
internal sealed class ReadingJournal(params HttpClient[] clients)
    : SliceJournal<ReadingJournal.Reading>(clients, $"{Devices}/readings")
{
    private const string Devices = "/api/v1/devices";

    protected override int RepeatedAtOnce => 50;

    /// <summary>Erases all devices, so that no other test's stand in the oracle's way.</summary>
    public static async Task ForgetAsync(HttpClient http)
    {
        using var list = JsonDocument.Parse(await http.GetStringAsync($"{Devices}?limit=1000"));
        foreach (var device in list.RootElement.GetProperty("items").EnumerateArray())
        {
            (await http.DeleteAsync($"{Devices}/{device.GetProperty("id").GetString()}")).Dispose();
        }
    }

    /// <remarks>Each sender has instants of its own, out of order, so that what is first is known.</remarks>
    protected override Reading Make(Random random, int keys, (int Seed, int Batch, int Index) place) => new(
        $"{Prefix}-{random.Next(keys)}", (place.Seed * 10_000_000L) + (place.Batch * 100) + (place.Index ^ 5), random.Next(-10, 100));

    protected override string IdOf(Reading each) => FormattableString.Invariant($"{each.Device} {each.At}");

    protected override object BodyOf(Reading each) => new { device = each.Device, timestamp = each.At, count = each.Count };

    protected override IEnumerable<Reading> InAnotherOrder(IEnumerable<Reading> events) =>
        events.OrderByDescending(each => each.At).ThenBy(each => each.Device);

    protected override async Task CheckAllAsync(TimeSpan within)
    {
        var expected = Sent.GroupBy(each => each.Device).ToDictionary(
            group => group.Key, group =>
                (Readings: (long)group.Count(), Total: group.Sum(each => each.Count), Latest: group.Max(each => each.At)));
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

    private async Task<Dictionary<string, (long Readings, long Total, long Latest)>> RecountAsync()
    {
        var counts = new Dictionary<string, (long Readings, long Total, long Latest)>();
        var seen = new HashSet<(string, string)>();
        foreach (var line in (await Reader.GetStringAsync($"{Devices}/export")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
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
        using var document = JsonDocument.Parse(await Reader.GetStringAsync($"{Devices}?limit=1000"));
        return document.RootElement.GetProperty("items")
            .EnumerateArray().Where(each => each.TryGetProperty("latestTimestamp", out _)).ToDictionary(
            each => each.GetProperty("id").GetString()!,
            each => (each.GetProperty("readings").GetInt64(), each.GetProperty("cumulativeCount").GetInt64(),
                each.GetProperty("latestTimestamp").GetDateTimeOffset().ToUnixTimeSeconds()));
    }

    internal sealed record Reading(string Device, long At, long Count);
}
