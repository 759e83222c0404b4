using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>Where a listing goes on; opaque to clients.</summary>
internal static class TimerCursors
{
    public static string Write(TimerCursor cursor)
    {
        var position = cursor.Position.ToString("x", CultureInfo.InvariantCulture);
        return cursor.Key == Guid.Empty ? position : $"{position}-{cursor.Key:N}";
    }

    public static bool TryRead(string text, [NotNullWhen(true)] out TimerCursor? cursor)
    {
        var parts = text.Split('-', 2);
        var key = Guid.Empty;
        var isRead = long.TryParse(parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var position) && position > 0
            && (parts.Length == 1 || (Guid.TryParseExact(parts[1], "N", out key) && key != Guid.Empty));
        cursor = isRead ? new TimerCursor(position, key) : null;
        return isRead;
    }
}
