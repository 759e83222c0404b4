namespace Contracts.Sites;

/// <summary>How much of a site's events is kept, in characters unless stated otherwise.</summary>
public static class SiteLimits
{
    /// <summary>A site's id.</summary>
    public const int MaxSite = 255;

    /// <summary>An event's type.</summary>
    public const int MaxType = 100;

    /// <summary>A path.</summary>
    public const int MaxPath = 2_048;

    /// <summary>A user's id.</summary>
    public const int MaxUser = 255;

    /// <summary>A referrer.</summary>
    public const int MaxReferrer = 2_048;

    /// <summary>Each of the UTM tags.</summary>
    public const int MaxUtm = 255;

    /// <summary>Number of properties of one event.</summary>
    public const int MaxProperties = 20;

    /// <summary>A property's name.</summary>
    public const int MaxPropertyName = 64;

    /// <summary>A property's value.</summary>
    public const int MaxPropertyValue = 255;

    /// <summary>A browser's name, as it names itself.</summary>
    public const int MaxUserAgent = 1_024;
}
