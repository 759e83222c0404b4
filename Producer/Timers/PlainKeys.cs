using Contracts.Timers;

namespace Producer.Timers;

/// <summary>Keys for a log that does not mind which.</summary>
internal sealed class PlainKeys : ITimerKeys
{
    public DrawnKey Draw(string tenant, DateTimeOffset now) => TimerKey.Draw(tenant, now);
}
