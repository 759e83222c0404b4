namespace Infrastructure.Items.Common;

/// <summary>Spans of time that stores keep counts of, in UTC. The numbers are stored.</summary>
internal enum ItemSpan
{
    /// <summary>A millisecond; trimmed.</summary>
    Millisecond = 0,

    /// <summary>A second; trimmed.</summary>
    Second = 1,

    /// <summary>A minute.</summary>
    Minute = 2,

    /// <summary>An hour.</summary>
    Hour = 3,

    /// <summary>A day.</summary>
    Day = 4,
}
