namespace Contracts.Sites;

/// <summary>Spans of time that stores keep sums of, in UTC.</summary>
public enum SiteSpan
{
    /// <summary>A minute.</summary>
    Minute = 0,

    /// <summary>An hour.</summary>
    Hour = 1,

    /// <summary>A day.</summary>
    Day = 2,
}
