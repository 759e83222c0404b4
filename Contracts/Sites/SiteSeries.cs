namespace Contracts.Sites;

/// <summary>What stores count by name, day by day. Bots are left out.</summary>
public enum SiteSeries
{
    /// <summary>Events by their type.</summary>
    Types = 0,

    /// <summary>Views by their path.</summary>
    Paths = 1,
}
