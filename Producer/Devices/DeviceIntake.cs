using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Producer.Events;

namespace Producer.Devices;

/// <summary>Makes readings durable, a message for each device of a request, and tells of each what became of it.</summary>
internal sealed class DeviceIntake(EventCarrier<AcceptedReading, ReadingsReceived> carrier, IDeviceStore store)
{
    private static readonly MessageRoom Room = new(ReadingsReceived.MaxReadings);

    /// <summary>Completes when all readings are durable or, as far as the client waits for it, stored.</summary>
    /// <param name="tenant">The tenant that they belong to.</param>
    /// <param name="readings">Valid ones; what became of each is set.</param>
    /// <param name="stamp">When and from where they came.</param>
    /// <param name="wait">How long to wait at most until they are stored; null not to.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    public Task AcceptAsync(
        string tenant, IReadOnlyList<AcceptedReading> readings, EventStamp stamp, TimeSpan? wait, CancellationToken cancellationToken) =>
        carrier.CarryAsync(
            tenant,
            readings,
            new CarrySteps<AcceptedReading, ReadingsReceived>(
                Room,
                reading => reading.Device,
                some => new ReadingsReceived(
                    some[0].Device, [.. some.Select(reading => reading.At)], [.. some.Select(reading => reading.Count)], stamp),
                message => message.Device,
                (some, stop) => store.FindSourcesAsync(tenant, [.. some.Select(reading => (reading.Device, reading.At))], stop)),
            wait,
            cancellationToken);
}

/// <summary>A valid reading on its way.</summary>
internal sealed class AcceptedReading(string device, DateTimeOffset at, long count) : CarriedEvent
{
    public string Device => device;

    public long At { get; } = TickTime.Of(at);

    public long Count => count;

    public override string Location => DeviceRoutes.OfReading(device, At);

    public override TrackingId TrackingOf(string tenant) =>
        new(tenant, DeviceMessages.Topic, DeviceTracker.KeyOf(Device, At, Index), Accepted!.Tracking.Position);
}
