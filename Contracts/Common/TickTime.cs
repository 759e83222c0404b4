namespace Contracts.Common;

/// <summary>Instants of events in messages and stores: 100 ns since 1970, UTC.</summary>
public static class TickTime
{
    /// <summary>The number of an instant.</summary>
    public static long Of(DateTimeOffset instant) => instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    /// <summary>The instant of a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It lies outside of the years 1 to 9999.</exception>
    public static DateTimeOffset ToInstant(long ticks) => new(ticks + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero);

    /// <summary>Whether the number is one of an instant in the years 1 to 9999.</summary>
    public static bool IsValid(long ticks) =>
        ticks >= -DateTimeOffset.UnixEpoch.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks - DateTimeOffset.UnixEpoch.Ticks;
}
