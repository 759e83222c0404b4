using System.Globalization;

namespace Producer.Http;

/// <summary><c>Prefer: wait=N</c> (RFC 7240 §4.3): the client would rather wait up to N seconds for 201 than get 202.</summary>
internal static class PreferWait
{
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(30);

    public static TimeSpan? Read(HttpRequest request)
    {
        foreach (var preference in request.Headers.GetCommaSeparatedValues("Prefer"))
        {
            var parts = preference.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts is ["wait", var seconds] && int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return TimeSpan.FromSeconds(Math.Min(number, Max.TotalSeconds));
            }
        }

        return null;
    }
}
