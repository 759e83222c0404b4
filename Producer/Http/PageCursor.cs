using System.Globalization;

namespace Producer.Http;

/// <summary>Where a listing goes on; opaque to clients.</summary>
internal static class PageCursor
{
    public static string Write(long position) => position.ToString("x", CultureInfo.InvariantCulture);

    public static bool TryRead(string text, out long position) =>
        long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out position) && position > 0;
}
