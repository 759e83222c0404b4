using Contracts.Sites;

namespace Infrastructure.Sites.Common;

/// <summary>Spans of time by number, from 1970 on.</summary>
internal static class SiteTime
{
    /// <summary>Its length, in 100 ns.</summary>
    public static long LengthOf(SiteSpan span) => span switch
    {
        SiteSpan.Minute => TimeSpan.TicksPerMinute,
        SiteSpan.Hour => TimeSpan.TicksPerHour,
        _ => TimeSpan.TicksPerDay,
    };

    /// <summary>The number of the span that an instant lies in.</summary>
    public static long NumberOf(SiteSpan span, long at)
    {
        var length = LengthOf(span);
        return (at / length) - (at % length < 0 ? 1 : 0);
    }

    /// <summary>The number of the first span that begins at or after an instant.</summary>
    public static long FirstFrom(SiteSpan span, long at)
    {
        var number = NumberOf(span, at);
        return number * LengthOf(span) == at ? number : number + 1;
    }
}
