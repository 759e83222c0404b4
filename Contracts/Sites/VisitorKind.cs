namespace Contracts.Sites;

/// <summary>Kinds of visitors, who are counted apart.</summary>
public enum VisitorKind
{
    /// <summary>The site knows who it is.</summary>
    User = 0,

    /// <summary>Told from others by a hash that lasts for a day.</summary>
    Anonymous = 1,

    /// <summary>A known bot, whether the site knows it or not.</summary>
    Bot = 2,
}
