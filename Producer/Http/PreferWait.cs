using System.Globalization;

namespace Producer.Http;

/// <summary>
/// <c>Prefer: wait=N</c> (RFC 7240 §4.3): the client prefers to wait up to N seconds until it is applied.
/// </summary>
internal static class PreferWait
{
    public const string Header = "Prefer";

    public const string Applied = "Preference-Applied";

    private static readonly TimeSpan Max = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait at most; confirms the preference in the response. Null not to wait.</summary>
    public static TimeSpan? Apply(HttpContext context)
    {
        var wait = Read(context.Request);
        if (wait is { } time)
        {
            context.Response.Headers[Applied] = string.Create(CultureInfo.InvariantCulture, $"wait={time.TotalSeconds}");
        }

        return wait;
    }

    /// <summary>How long the client is prepared to wait, 30 s at most; null if it does not say.</summary>
    public static TimeSpan? Read(HttpRequest request)
    {
        foreach (var preference in request.Headers.GetCommaSeparatedValues(Header))
        {
            var parts = preference.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts is [var name, var seconds] && name.Equals("wait", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return TimeSpan.FromSeconds(Math.Min(number, Max.TotalSeconds));
            }
        }

        return null;
    }
}
