using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClientLibrary.Sites;

/// <summary>Statistics of a site in a period.</summary>
public sealed record SiteStats
{
    /// <summary>The site's id.</summary>
    public required string Site { get; init; }

    /// <summary>The period's first instant.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>The first instant after it.</summary>
    public DateTimeOffset To { get; init; }

    /// <summary>Of the whole period.</summary>
    public required SiteTotals Totals { get; init; }

    /// <summary>Visitors of the last five minutes.</summary>
    public long? VisitorsNow { get; init; }

    /// <summary>All other fields, such as <c>topPaths</c>.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>What events add up to, those of known bots left out.</summary>
public sealed record SiteTotals
{
    /// <summary>Events of all types.</summary>
    public long Events { get; init; }

    /// <summary>Events of the type page_view.</summary>
    public long Views { get; init; }

    /// <summary>Different visitors.</summary>
    public long? Visitors { get; init; }

    /// <summary>Visits that began in the period.</summary>
    public long? Visits { get; init; }

    /// <summary>All other fields.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
