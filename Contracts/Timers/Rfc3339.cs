namespace Contracts.Timers;

/// <summary>Instants as they are written everywhere: UTC, whole milliseconds, <c>2030-01-31T08:00:00.000Z</c>.</summary>
/// <remarks>By hand, because a custom format string costs a microsecond, and every answer and every webhook has some.</remarks>
public static class Rfc3339
{
    /// <summary>Bytes, or characters, of an instant.</summary>
    public const int Length = 24;

    /// <summary>Writes an instant; what is finer than a millisecond is left out.</summary>
    /// <param name="instant">Any.</param>
    /// <param name="utf8">At least <see cref="Length"/> bytes.</param>
    public static void Write(DateTimeOffset instant, Span<byte> utf8)
    {
        var utc = instant.UtcDateTime;
        utf8[23] = (byte)'Z';
        Digits(utf8[20..23], utc.Millisecond);
        utf8[19] = (byte)'.';
        Digits(utf8[17..19], utc.Second);
        utf8[16] = (byte)':';
        Digits(utf8[14..16], utc.Minute);
        utf8[13] = (byte)':';
        Digits(utf8[11..13], utc.Hour);
        utf8[10] = (byte)'T';
        Digits(utf8[8..10], utc.Day);
        utf8[7] = (byte)'-';
        Digits(utf8[5..7], utc.Month);
        utf8[4] = (byte)'-';
        Digits(utf8[..4], utc.Year);
    }

    /// <summary>The same as text.</summary>
    public static string ToString(DateTimeOffset instant)
    {
        Span<byte> utf8 = stackalloc byte[Length];
        Write(instant, utf8);
        return System.Text.Encoding.ASCII.GetString(utf8);
    }

    private static void Digits(Span<byte> to, int number)
    {
        for (var i = to.Length - 1; i >= 0; i--)
        {
            to[i] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }
}
