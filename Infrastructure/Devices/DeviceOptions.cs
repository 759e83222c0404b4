using System.ComponentModel.DataAnnotations;
using Infrastructure.Events;

namespace Infrastructure.Devices;

/// <summary>
/// How devices are kept. A reading's id is its device and instant, so it is remembered as long as it is kept, and refused after.
/// </summary>
public sealed class DeviceOptions : EventOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Devices";

    /// <summary>How long a route may wait until readings are stored, 100 ms to 1 min. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause between two polls for devices whose watch is due, 100 ms to 1 min. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(1);
}
