using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Contracts.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>Cursors of listings; opaque to clients.</summary>
internal static class TimerCursors
{
    public static string Write(string tenant, TimerCursor cursor)
    {
        var position = cursor.Position.ToString("x", CultureInfo.InvariantCulture);
        return TenantCursors.Seal(tenant, cursor.Key == Guid.Empty ? position : $"{position}-{cursor.Key:N}");
    }

    public static bool TryRead(string tenant, string text, [NotNullWhen(true)] out TimerCursor? cursor)
    {
        cursor = null;
        if (!TenantCursors.TryOpen(tenant, text, out var opened))
        {
            return false;
        }

        var parts = opened.Split('-', 2);
        var key = Guid.Empty;
        var isRead = long.TryParse(parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var position) && position > 0
            && (parts.Length == 1 || (Guid.TryParseExact(parts[1], "N", out key) && key != Guid.Empty));
        cursor = isRead ? new TimerCursor(position, key) : null;
        return isRead;
    }
}
