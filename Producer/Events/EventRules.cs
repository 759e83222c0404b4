
namespace Producer.Events;

/// <summary>The rules that events of every slice share.</summary>
internal static class EventRules
{
    /// <summary>How far ahead of the service's clock an event may lie: clocks differ, but nothing happens tomorrow.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(5);

    /// <summary>Why an event at this instant cannot be accepted; null if it can.</summary>
    /// <param name="at">When it happened.</param>
    /// <param name="now">The instant of the store's clock, in UTC.</param>
    /// <param name="retention">How long events are kept; null for ever.</param>
    public static string? InstantProblem(DateTimeOffset at, DateTimeOffset now, TimeSpan? retention) =>
        at - now > MaxAhead ? "lies more than 5 minutes in the future"
            : retention is { } kept && now - at > kept ? $"is older than what is kept, {XmlDuration(kept)}" : null;

    /// <summary>Why a text is too long or too short, or cannot be kept; null if it is not.</summary>
    public static string? TextProblem(string? text, int minLength, int maxLength) =>
        text is null || (text.Length >= minLength && text.Length <= maxLength && !text.Any(char.IsControl)) ? null
            : $"must have {minLength} to {maxLength} characters, none of them control characters";

    /// <summary>Why an id that stands in paths is not valid; null if it is. A slash is escaped there.</summary>
    public static string? PathProblem(string? id, int maxLength) => id is null ? "is required"
        : TextProblem(id, 1, maxLength) is { } problem ? problem
        : id is "." or ".." || id.Contains("%2F", StringComparison.OrdinalIgnoreCase)
            ? "must not be . or .., and not contain %2F: addresses could not name it" : null;

    private static string XmlDuration(TimeSpan time) => System.Xml.XmlConvert.ToString(time);
}
