using Contracts.Timers;

namespace Producer.Timers;

/// <summary>Without a Runner in the process every claim is somebody else's: commands on it are recorded, not done.</summary>
internal sealed class NoArmedTimers : IArmedTimers
{
    public ArmedTake TryTake(Guid key) => new(ArmedPosition.InFlight, null);
}
