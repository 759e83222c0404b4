using Contracts.Common;

namespace Runner.Timers.Delivery;

/// <summary>A receiver that succeeded may ask for the same webhook again, later.</summary>
internal static class Snooze
{
    /// <summary>How it asks: a duration as <c>PT10M</c> or an instant (RFC 3339).</summary>
    public const string Header = "Timer-Snooze";

    /// <summary>When it shall come again, from now; null if nothing was asked for, or nothing that can be understood.</summary>
    public static TimeSpan? Of(HttpResponseMessage response, DateTimeOffset now)
    {
        if (!response.IsSuccessStatusCode || !response.Headers.NonValidated.TryGetValues(Header, out var values) || values.Count != 1)
        {
            return null;
        }

        var text = values.ToString().AsSpan().Trim();
        return IsoDuration.TryRead(text, out var pause) ? pause
            : Rfc3339.TryRead(text, out var instant) ? instant - now
            : null;
    }

    /// <summary>What is kept of the attempt in place of an error: it neither failed nor ended the timer.</summary>
    public static string Describe(DateTimeOffset until) => $"the receiver asked for it again at {Rfc3339.ToString(until)}";
}
