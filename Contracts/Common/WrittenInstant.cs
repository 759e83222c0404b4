using System.Globalization;

namespace Contracts.Common;

/// <summary>Instants with the name of their month, as mail, HTTP, browsers and shells write them. Each names its offset from UTC.</summary>
internal static class WrittenInstant
{
    /// <summary>
    /// Sun, 01 Jan 2023 00:00:00 GMT (RFC 9110 §5.6.7), Sun, 1 Jan 2023 01:00 +0100 and the same without a weekday (RFC 5322 §3.3).
    /// </summary>
    private static readonly string[] OfMail = ["{0}d MMM yyyy HH:mm:ss {1}", "{0}d MMM yyyy HH:mm {1}"];

    /// <summary>Sun Jan 1 00:00:00 UTC 2023, as <c>date -u</c> writes it, and Sun Jan 01 00:00:00 +0000 2023.</summary>
    private static readonly string[] OfShells = ["ddd MMM d HH:mm:ss {1} yyyy", "ddd MMM  d HH:mm:ss {1} yyyy"];

    private static readonly string[] Weekdays = ["ddd, ", string.Empty];
    private static readonly string[] Zones = ["zzz", "'GMT'", "'UTC'", "'UT'", "'Z'"];

    private static readonly string[] Formats =
    [
        .. from form in OfMail.Concat(OfShells)
           from weekday in Weekdays
           from zone in Zones
           select string.Format(CultureInfo.InvariantCulture, form, weekday, zone),

        // Sun Jan 01 2023 01:00:00 GMT+0100 (Central European Standard Time), as ECMAScript's Date is written.
        "ddd MMM dd yyyy HH:mm:ss 'GMT'zzz",
    ];

    /// <summary>Reads one.</summary>
    /// <param name="text">Without spaces around it.</param>
    /// <param name="instant">In UTC.</param>
    public static bool TryRead(ReadOnlySpan<char> text, out DateTimeOffset instant)
    {
        instant = default;

        // A date in digits has no letters before its fifth character.
        if (!text[..Math.Min(text.Length, 5)].ContainsAnyInRange('A', 'z'))
        {
            return false;
        }

        // In parentheses the zone's name, which adds nothing: the offset says which instant it is.
        var name = text.IndexOf('(');
        var plain = name > 0 && text[^1] == ')' ? text[..name].TrimEnd() : text;
        return DateTimeOffset.TryParseExact(
            plain, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);
    }
}
