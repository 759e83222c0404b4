using Contracts.Sites;

namespace Producer.Sites;

/// <summary>What events can be grouped and filtered by.</summary>
/// <param name="Name">As requests name it: type, path, referrer, one of the UTM tags, or <c>property:</c> and a property's name.</param>
internal sealed record SiteDimension(string Name)
{
    public const string Property = "property";
    private const string Prefix = $"{Property}:";

    /// <summary>Those that have a query parameter of their name.</summary>
    public static IReadOnlyList<string> Named { get; } =
        ["type", "path", "referrer", "utmSource", "utmMedium", "utmCampaign", "utmTerm", "utmContent"];

    /// <summary>Reads a name; null for one that is not known.</summary>
    public static SiteDimension? TryRead(string name) =>
        Named.Contains(name, StringComparer.Ordinal)
        || (name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length > Prefix.Length
            && name.Length <= Prefix.Length + SiteLimits.MaxPropertyName)
            ? new SiteDimension(name)
            : null;

    /// <summary>The dimension of a property.</summary>
    public static SiteDimension OfProperty(string name) => new(Prefix + name);

    /// <summary>Its value of an event; null for none.</summary>
    public string? ValueOf(SiteEvent siteEvent) => Name switch
    {
        "type" => siteEvent.Type,
        "path" => siteEvent.Path,
        "referrer" => siteEvent.Referrer,
        "utmSource" => siteEvent.Utm?.Source,
        "utmMedium" => siteEvent.Utm?.Medium,
        "utmCampaign" => siteEvent.Utm?.Campaign,
        "utmTerm" => siteEvent.Utm?.Term,
        "utmContent" => siteEvent.Utm?.Content,
        _ => siteEvent.Properties?.GetValueOrDefault(Name[Prefix.Length..]),
    };
}
