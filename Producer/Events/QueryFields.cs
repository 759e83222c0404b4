using Contracts.Common;
using Producer.Http;

namespace Producer.Events;

/// <summary>Reads query parameters that several slices have.</summary>
internal static class QueryFields
{
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
}
