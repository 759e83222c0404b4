using System.Globalization;
using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;

namespace Producer.Devices;

/// <summary>What became of accepted readings, adjustments and erasures. Their sources tell which of several is stored.</summary>
internal sealed class DeviceTracker(IDeviceStore store) : IEventTracker
{
    private const char Reading = 'r';
    private const char Adjustment = 'a';
    private const char Erasure = 'e';

    public string Topic => DeviceMessages.Topic;

    /// <summary>The key of a reading.</summary>
    public static string KeyOf(string device, long at, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{Reading}{at:x}.{index:x}.{device}");

    /// <summary>The key of an adjustment.</summary>
    public static string KeyOf(ReadingAdjusted adjusted) => string.Create(
        CultureInfo.InvariantCulture, $"{Adjustment}{adjusted.At:x}.{adjusted.EventId.Length:x}.{adjusted.EventId}{adjusted.Device}");

    /// <summary>The key of an erasure.</summary>
    public static string KeyOf(DeviceErased erased) => $"{Erasure}0.0.{erased.Device}";

    public async Task<TrackedEvent?> FindAsync(TrackingId id, CancellationToken cancellationToken)
    {
        if (Parse(id.Key) is not { } key)
        {
            return null;
        }

        switch (key.Kind)
        {
            case Reading:
                var found = await store.FindSourcesAsync(id.Tenant, [(key.Text, key.At)], cancellationToken);
                return EventTracks.Tell(
                    found[0], new EventSource(id.Position, key.Number), DeviceRoutes.OfReading(key.Text, key.At));
            case Adjustment when key.Number < key.Text.Length:
                var (eventId, device) = (key.Text[..key.Number], key.Text[key.Number..]);
                var source = await store.FindAdjustmentAsync(id.Tenant, device, key.At, eventId, cancellationToken);
                return EventTracks.Tell(source, new EventSource(id.Position, 0), DeviceRoutes.OfReading(device, key.At));
            case Erasure:
                // By the erasure, not by the device: that may never have been there, or be there again.
                return await IsErasedAsync(id, key.Text, cancellationToken) ? new TrackedEvent(TrackedState.Applied, null) : null;
            default:
                return null;
        }
    }

    public async Task<string?> ExplainAsync(TrackingId id, CancellationToken cancellationToken)
    {
        if (Parse(id.Key) is not { Kind: Adjustment } key || key.Number >= key.Text.Length
            || await store.FindPurgedAsync(cancellationToken) > key.At
            || await IsErasedAsync(id, key.Text[key.Number..], cancellationToken))
        {
            return null;
        }

        return "When it was applied, the device had no reading of its instant.";
    }

    public string? LogKeyOf(TrackingId id) => Parse(id.Key) is { } key
        ? key.Kind == Adjustment && key.Number < key.Text.Length ? key.Text[key.Number..] : key.Text
        : null;

    private async Task<bool> IsErasedAsync(TrackingId id, string device, CancellationToken cancellationToken) =>
        EventTracks.IsErased(await store.FindErasureAsync(id.Tenant, device, cancellationToken), id.Position);

    private static (char Kind, long At, int Number, string Text)? Parse(string key)
    {
        var parts = key.Split('.', 3);
        return parts is [{ Length: > 1 } first, var number, { Length: > 0 } rest] && TickTime.IsValid(Hex(first[1..]))
            && int.TryParse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var place) && place >= 0
            ? (first[0], Hex(first[1..]), place, rest)
            : null;

        static long Hex(string text) =>
            long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var at) ? at : long.MaxValue;
    }
}
