using Contracts.Timers;

namespace Producer.Timers;

/// <summary>Without a Runner in the process every claim is another process's: commands on it are only recorded.</summary>
internal sealed class NoArmedTimers : IArmedTimers
{
    public ArmedTake TryTake(Guid key) => new(ArmedPosition.InFlight, null);
}
