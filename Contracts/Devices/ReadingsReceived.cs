using Contracts.Events;

namespace Contracts.Devices;

/// <summary>Readings of one device, as they came in one request.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="At">The readings' instants, in 100 ns since 1970, in the order of the request.</param>
/// <param name="Counts">Their counts, in the same order.</param>
/// <param name="Stamp">When and from where they came.</param>
public sealed record ReadingsReceived(
    string Device, IReadOnlyList<long> At, IReadOnlyList<long> Counts, EventStamp Stamp)
{
    /// <summary>Maximum number of readings in one message; a larger request is several messages.</summary>
    public const int MaxReadings = 1_000;
}
