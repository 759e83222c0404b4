using System.Globalization;
using System.Text.Json;
using Contracts.Common;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>
/// Timestamps of the first site service, which took whatever ECMAScript's Date reads: beside what all routes take, a date, and a time
/// without an offset, both in the zone of days. A date is the beginning of its day, so that it counts on that day; a year or a month is
/// that of its first.
/// </summary>
internal static class SeedInstant
{
    private static readonly string[] Dates = ["yyyy", "yyyy-MM", "yyyy-MM-dd"];

    private static readonly string[] Times =
        ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"];

    /// <param name="value">The timestamp as JSON.</param>
    /// <param name="zone">The zone of days.</param>
    /// <param name="at">The instant; null where none is named.</param>
    /// <returns>False for what is none.</returns>
    public static bool TryRead(JsonElement value, TimeZoneInfo zone, out DateTimeOffset? at)
    {
        at = null;
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.Number:
                return Set(EventInstant.Read(value.GetRawText(), isNumber: true, out var number), number, out at);
            case JsonValueKind.String when Http.Read.Text(value, "timestamp", new FieldErrors()) is { } text:
                return text.Length == 0 || TryReadLocal(text, zone, out at)
                    || Set(EventInstant.Read(text, isNumber: false, out var instant), instant, out at);
            default:
                return false;
        }
    }

    private static bool TryReadLocal(string text, TimeZoneInfo zone, out DateTimeOffset? at)
    {
        at = null;
        if (DateOnly.TryParseExact(text, Dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            at = ZonedSteps.Midnight(day, zone);
        }
        else if (DateTime.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            && !zone.IsInvalidTime(local))
        {
            at = new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
        }

        return at is not null;
    }

    private static bool Set(string? problem, DateTimeOffset instant, out DateTimeOffset? at)
    {
        at = problem is null ? instant : null;
        return problem is null;
    }
}
