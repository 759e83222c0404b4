using System.Globalization;
using Contracts.Common;
using Producer.Http;

namespace Producer.Events;

/// <summary>Reads query parameters that several slices have.</summary>
internal static class QueryFields
{
    /// <summary>How long a period is where none is named.</summary>
    private static readonly TimeSpan DefaultLength = TimeSpan.FromDays(30);

    /// <summary>A whole number within bounds; null if it is missing or wrong.</summary>
    public static int? Whole(string? text, string name, int min, int max, FieldErrors errors)
    {
        if (text is null)
        {
            return null;
        }

        if (Read.TryWhole(text, min, max, out var number))
        {
            return number;
        }

        errors.Add(name, $"must be a whole number from {min} to {max}");
        return null;
    }

    /// <summary><c>from</c> and <c>to</c>, in 100 ns since 1970; the widest span where they are missing.</summary>
    public static (long From, long To) Span(string? from, string? to, FieldErrors errors)
    {
        var (first, end) = (Instant(from, "from", errors) ?? long.MinValue, Instant(to, "to", errors) ?? long.MaxValue);
        if (first > end && !errors.Any)
        {
            errors.Add("from", "must not be after to");
        }

        return (first, end);
    }

    /// <summary>An instant in any form that events may have, in 100 ns since 1970; null if it is missing or wrong.</summary>
    public static long? Instant(string? text, string name, FieldErrors errors)
    {
        if (text is null)
        {
            return null;
        }

        // A plus sign that nobody escaped arrives as a space.
        if (EventInstant.Read(text.Length > 11 ? text[..11] + text[11..].Replace(' ', '+') : text, out var instant) is not { } problem)
        {
            return TickTime.Of(instant);
        }

        errors.Add(name, problem);
        return null;
    }

    /// <summary>A date, which is its first instant in a zone, or an instant; null if it is missing or wrong.</summary>
    public static DateTimeOffset? InstantOrDay(string? text, string name, TimeZoneInfo zone, FieldErrors errors)
    {
        if (text is null)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return ZonedSteps.Midnight(day, zone);
        }

        return Instant(text, name, errors) is { } at ? TickTime.ToInstant(at) : null;
    }

    /// <summary>The period from <c>from</c> to before <c>to</c>; without them the last 30 days.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) Period(
        string? from, string? to, TimeZoneInfo zone, DateTimeOffset now, FieldErrors errors)
    {
        var end = InstantOrDay(to, "to", zone, errors) ?? now;
        var first = InstantOrDay(from, "from", zone, errors)
            ?? (end - DateTimeOffset.MinValue > DefaultLength ? end - DefaultLength : DateTimeOffset.MinValue);
        if (first >= end && !errors.Any)
        {
            errors.Add("from", "must be before to");
        }

        return (first, end);
    }

    /// <summary>A time zone; the other one if it is missing or wrong.</summary>
    public static TimeZoneInfo Zone(string? text, TimeZoneInfo other, FieldErrors errors)
    {
        if (text is null)
        {
            return other;
        }

        // Names of files would be read from wherever they lead.
        if (text.Length <= 64 && !text.Contains("..", StringComparison.Ordinal) && text[..Math.Min(1, text.Length)] is not ("/" or "")
            && TimeZoneInfo.TryFindSystemTimeZoneById(text, out var found))
        {
            return found;
        }

        errors.Add("zone", "must be an IANA time zone, such as Europe/Berlin");
        return other;
    }
}
