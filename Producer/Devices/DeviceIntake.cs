using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Storage;
using Producer.Events;

namespace Producer.Devices;

/// <summary>Makes readings durable, a message for each device of a request, and tells of each what became of it.</summary>
internal sealed class DeviceIntake(EventAcceptance<ReadingsReceived> acceptance, IDeviceStore store)
{
    /// <summary>Completes when all readings are durable or, as far as the client waits for it, stored.</summary>
    /// <param name="tenant">The tenant that they belong to.</param>
    /// <param name="readings">Valid ones; what became of each is set.</param>
    /// <param name="stamp">When and from where they came.</param>
    /// <param name="wait">How long to wait at most until they are stored; null not to.</param>
    /// <param name="cancellationToken">The client went away.</param>
    public async Task AcceptAsync(
        string tenant, IReadOnlyList<AcceptedReading> readings, EventStamp stamp, TimeSpan? wait, CancellationToken cancellationToken)
    {
        if (readings.Count == 0)
        {
            return;
        }

        var messages = Group(readings, stamp);
        var accepted = await acceptance.AcceptAsync(tenant, messages, message => message.Device, wait, cancellationToken);
        foreach (var reading in readings)
        {
            reading.Accepted = accepted[reading.Message];
        }

        // What is in the store says which of several won, whether this request or an earlier one: a repetition is answered alike.
        var applied = readings.Where(reading => reading.Accepted is { IsApplied: true, Rejected: null }).ToList();
        if (applied.Count > 0)
        {
            IReadOnlyList<EventSource?> sources;
            try
            {
                sources = await store.FindSourcesAsync(tenant, applied.ConvertAll(each => (each.Device, each.At)), cancellationToken);
            }
            catch (StoreUnavailableException)
            {
                // They are durable, and to be refused is not what became of them: the tracking ids tell later.
                return;
            }

            for (var i = 0; i < sources.Count; i++)
            {
                var own = new EventSource(applied[i].Accepted!.Tracking.Position, applied[i].Index);
                applied[i].State = sources[i] is not { } source ? ReadingState.Dropped
                    : source == own ? ReadingState.Recorded : ReadingState.Duplicate;
            }
        }
    }

    private static List<ReadingsReceived> Group(IReadOnlyList<AcceptedReading> readings, EventStamp stamp)
    {
        var messages = new List<ReadingsReceived>();
        var open = new Dictionary<string, (int Message, List<long> At, List<long> Counts)>(StringComparer.Ordinal);
        foreach (var reading in readings)
        {
            if (!open.TryGetValue(reading.Device, out var message) || message.At.Count == ReadingsReceived.MaxReadings)
            {
                open[reading.Device] = message = (messages.Count, [], []);
                messages.Add(new ReadingsReceived(reading.Device, message.At, message.Counts, stamp));
            }

            (reading.Message, reading.Index) = (message.Message, message.At.Count);
            message.At.Add(reading.At);
            message.Counts.Add(reading.Count);
        }

        return messages;
    }
}

/// <summary>A valid reading on its way.</summary>
internal sealed class AcceptedReading(string device, DateTimeOffset at, long count)
{
    public string Device => device;

    public long At { get; } = TickTime.Of(at);

    public long Count => count;

    /// <summary>The message that carries it, and its place in it.</summary>
    public int Message { get; set; }

    public int Index { get; set; }

    public AcceptedEvent? Accepted { get; set; }

    public ReadingState State { get; set; }

    /// <summary>Names it at <c>/api/v1/events/{trackingId}</c>.</summary>
    public TrackingId Tracking(string tenant) =>
        new(tenant, DeviceMessages.Topic, DeviceTracker.KeyOf(Device, At, Index), Accepted!.Tracking.Position);
}

/// <summary>What became of a reading.</summary>
internal enum ReadingState
{
    /// <summary>It is durable; a Consumer has yet to store it.</summary>
    Queued,

    /// <summary>It is stored.</summary>
    Recorded,

    /// <summary>Another reading of its instant was there before.</summary>
    Duplicate,

    /// <summary>It was left out: its instant has been purged, or its device erased, in the meantime.</summary>
    Dropped,
}
