namespace Contracts.Common;

/// <summary>Instants of timers are whole milliseconds, rounded up: never early.</summary>
public static class Instants
{
    /// <summary>The same instant, or the next whole millisecond after it.</summary>
    public static DateTimeOffset CeilingToMilliseconds(DateTimeOffset instant)
    {
        var beyond = instant.UtcTicks % TimeSpan.TicksPerMillisecond;
        return beyond == 0 ? instant : instant.AddTicks(TimeSpan.TicksPerMillisecond - beyond);
    }
}
