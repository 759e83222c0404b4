namespace Contracts.Common;

/// <summary>Instants of timers are whole milliseconds, rounded up: never early. Ends are rounded down: never late.</summary>
public static class Instants
{
    /// <summary>The same instant, or the next whole millisecond after it.</summary>
    public static DateTimeOffset CeilingToMilliseconds(DateTimeOffset instant)
    {
        var beyond = instant.UtcTicks % TimeSpan.TicksPerMillisecond;
        return beyond == 0 ? instant : instant.AddTicks(TimeSpan.TicksPerMillisecond - beyond);
    }

    /// <summary>The same instant, or the last whole millisecond before it.</summary>
    public static DateTimeOffset FloorToMilliseconds(DateTimeOffset instant) =>
        instant.AddTicks(-(instant.UtcTicks % TimeSpan.TicksPerMillisecond));
}
