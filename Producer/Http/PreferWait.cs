using System.Globalization;
using System.Net.Http.Headers;

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
            // The value may be quoted, and parameters may follow it; of several the first one counts (RFC 7240 §2).
            if (NameValueWithParametersHeaderValue.TryParse(preference, out var read)
                && read.Name.Equals("wait", StringComparison.OrdinalIgnoreCase))
            {
                return int.TryParse(read.Value?.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? TimeSpan.FromSeconds(Math.Min(number, Max.TotalSeconds))
                    : null;
            }
        }

        return null;
    }
}
