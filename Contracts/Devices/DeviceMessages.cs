using Contracts.Messaging;

namespace Contracts.Devices;

/// <summary>The message types of devices, all keyed by the device.</summary>
public static class DeviceMessages
{
    /// <summary>The topic of device messages; also the slice's name.</summary>
    public const string Topic = "devices";

    /// <summary>What happened, for others to subscribe to.</summary>
    public const string Events = "devices.events";

    /// <summary>Readings as they came.</summary>
    public static MessageType<ReadingsReceived> Received { get; } =
        new(Topic, "readings.received", Version: 1, message => message.Device, DevicesJson.Default.ReadingsReceived);

    /// <summary>Corrections of readings.</summary>
    public static MessageType<ReadingAdjusted> Adjusted { get; } =
        new(Topic, "reading.adjusted", Version: 1, message => message.Device, DevicesJson.Default.ReadingAdjusted);

    /// <summary>Erasures of devices.</summary>
    public static MessageType<DeviceErased> Erased { get; } =
        new(Topic, "device.erased", Version: 1, message => message.Device, DevicesJson.Default.DeviceErased);

    /// <summary>Recorded readings, for others.</summary>
    public static MessageType<ReadingsRecorded> Recorded { get; } =
        new(Events, "readings.recorded", Version: 1, message => message.Device, DevicesJson.Default.ReadingsRecorded);

    /// <summary>Corrections and erasures, for others.</summary>
    public static MessageType<DeviceHappened> Happened { get; } =
        new(Events, "device.happened", Version: 1, message => message.Device, DevicesJson.Default.DeviceHappened);
}
