namespace Contracts.Items;

/// <summary>Units of time that statistics are told in, all in UTC.</summary>
public enum ItemUnit
{
    /// <summary>A millisecond; of the last hour only.</summary>
    Millisecond,

    /// <summary>A second; of the last hour only.</summary>
    Second,

    /// <summary>A minute.</summary>
    Minute,

    /// <summary>An hour.</summary>
    Hour,

    /// <summary>A day.</summary>
    Day,

    /// <summary>A week, which begins on Monday.</summary>
    Week,

    /// <summary>A month.</summary>
    Month,

    /// <summary>A year.</summary>
    Year,
}
