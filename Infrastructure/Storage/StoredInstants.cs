namespace Infrastructure.Storage;

/// <summary>Instants as every store keeps them: numbers since 1970.</summary>
internal static class StoredInstants
{
    public static long ToMilliseconds(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds();

    public static DateTimeOffset FromMilliseconds(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    /// <summary>In 100 ns.</summary>
    public static long ToTicks(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks;

    public static DateTimeOffset FromTicks(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(ticks);

    public static long ToMicroseconds(DateTimeOffset instant) => ToTicks(instant) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long microseconds) => FromTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>Milliseconds, also of the earliest instant there is: a lower bound that excludes nothing.</summary>
    public static long ToLowerBound(DateTimeOffset instant) => instant == DateTimeOffset.MinValue ? -1 : ToMilliseconds(instant);

    /// <summary>
    /// The first stored instant that is not before this one; in numbers, since the last instant of the calendar has none after it.
    /// </summary>
    public static long AtOrAfter(DateTimeOffset instant) =>
        ToMilliseconds(instant) + (instant.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1);
}
