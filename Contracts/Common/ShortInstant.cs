using System.Globalization;

namespace Contracts.Common;

/// <summary>Instants of events as they are answered: UTC, as many digits of a second as there are, 2023-01-01T00:00:00Z.</summary>
public static class ShortInstant
{
    /// <summary>Maximum length, in characters or bytes.</summary>
    public const int MaxLength = 28;

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    /// <summary>Writes an instant.</summary>
    /// <param name="instant">An instant of any offset; it is written in UTC.</param>
    /// <param name="utf8">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>Number of bytes.</returns>
    public static int Write(DateTimeOffset instant, Span<byte> utf8)
    {
        if (instant.UtcTicks % TimeSpan.TicksPerSecond == 0)
        {
            // By hand, as most are, because a custom format string costs a microsecond and an answer may have millions of them.
            Span<byte> whole = stackalloc byte[Rfc3339.Length];
            Rfc3339.Write(instant, whole);
            whole[..19].CopyTo(utf8);
            utf8[19] = (byte)'Z';
            return 20;
        }

        instant.UtcDateTime.TryFormat(utf8, out var length, Format, CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>The same as text.</summary>
    public static string ToString(DateTimeOffset instant)
    {
        Span<byte> utf8 = stackalloc byte[MaxLength];
        return System.Text.Encoding.ASCII.GetString(utf8[..Write(instant, utf8)]);
    }
}
