using Client.Sending;
using ClientLibrary.Json;

namespace Client.Devices;

/// <summary>Readings and adjustments of devices.</summary>
internal static class DeviceFeed
{
    private const int Devices = 20;
    private const int MaxCount = 100;

    /// <summary>A device's reading of an instant counts once whatever its id, so it needs none.</summary>
    private static readonly EventRoute Readings = new("devices/readings", IdField: null);

    private static readonly EventRoute Adjustments = new("devices/adjustments", "eventId");

    public static EventFeed Create() => new(
        "devices", fields => fields.Contains("delta") ? Adjustments : Readings, Generate);

    private static IEnumerable<string> Generate(Generation generation)
    {
        var random = new Random(generation.Seed);
        for (var i = 0; i < generation.Count; i++)
        {
            var (device, count) = (random.Next(1, Devices + 1), random.Next(MaxCount));
            var at = InstantJson.ToText(generation.InstantOf(i));
            yield return $$"""{"device":"device-{{device}}","timestamp":"{{at}}","count":{{count}}}""";
        }
    }
}
