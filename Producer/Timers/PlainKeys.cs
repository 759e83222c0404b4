using Contracts.Timers;

namespace Producer.Timers;

/// <summary>Keys for a log that has no preference.</summary>
internal sealed class PlainKeys : ITimerKeys
{
    public DrawnKey Draw(string tenant, DateTimeOffset now) => TimerKey.Draw(tenant, now);
}
