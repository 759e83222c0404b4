using Contracts.Timers;

namespace Producer.Timers;

/// <summary>Keys for a log that does not mind which.</summary>
internal sealed class PlainKeys : ITimerKeys
{
    public Guid Draw(DateTimeOffset now) => TimerKey.New(now);
}
