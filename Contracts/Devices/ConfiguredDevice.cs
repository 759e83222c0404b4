namespace Contracts.Devices;

/// <summary>A device whose settings were set.</summary>
/// <param name="Device">As it is now.</param>
/// <param name="LeftTags">Tags that it had before and has no more.</param>
public sealed record ConfiguredDevice(DeviceRecord Device, IReadOnlyList<string> LeftTags)
{
    /// <summary>What had been set before.</summary>
    public DeviceSettings Before { get; init; } = DeviceSettings.None;
}
