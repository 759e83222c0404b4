using Contracts.Common;

namespace Producer.Sites;

/// <summary>The sites' addresses.</summary>
internal static class SiteRoutes
{
    public const string Root = "/api/v1/sites";

    /// <summary>The statistics of the minute from an instant on.</summary>
    public static string OfStats(string site, long at)
    {
        var from = TickTime.ToInstant(at);
        var to = from.UtcTicks > DateTimeOffset.MaxValue.UtcTicks - TimeSpan.TicksPerMinute ? DateTimeOffset.MaxValue : from.AddMinutes(1);
        return $"{Root}/{Uri.EscapeDataString(site)}/stats?from={Text(from)}&to={Text(to)}";
    }

    private static string Text(DateTimeOffset at) => Uri.EscapeDataString(ShortInstant.ToString(at));
}
