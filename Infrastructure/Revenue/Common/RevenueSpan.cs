namespace Infrastructure.Revenue.Common;

/// <summary>Spans of time that stores keep sums of, in UTC. The numbers are stored.</summary>
internal enum RevenueSpan
{
    /// <summary>A minute.</summary>
    Minute = 0,

    /// <summary>A day.</summary>
    Day = 1,
}
