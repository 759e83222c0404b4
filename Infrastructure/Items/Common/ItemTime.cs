using Contracts.Common;
using Contracts.Items;

namespace Infrastructure.Items.Common;

/// <summary>Spans by number, from 1970 on, and units by their beginning; instants are in 100 ns.</summary>
internal static class ItemTime
{
    private const long DaysOfWeek = 7;

    /// <summary>The first instant.</summary>
    private static readonly long First = TickTime.Of(DateTimeOffset.MinValue);

    /// <summary>The instant after the last one: the beginning of the year 10000.</summary>
    private static readonly long End = TickTime.Of(DateTimeOffset.MaxValue) + 1;

    /// <summary>The number of the day before the first one.</summary>
    public static long BeforeFirstDay { get; } = NumberOf(ItemSpan.Day, First) - 1;

    /// <summary>Whether a span's counts are trimmed.</summary>
    public static bool IsFine(ItemSpan span) => span is ItemSpan.Millisecond or ItemSpan.Second;

    /// <summary>A span's length.</summary>
    public static long LengthOf(ItemSpan span) => span switch
    {
        ItemSpan.Millisecond => TimeSpan.TicksPerMillisecond,
        ItemSpan.Second => TimeSpan.TicksPerSecond,
        ItemSpan.Minute => TimeSpan.TicksPerMinute,
        ItemSpan.Hour => TimeSpan.TicksPerHour,
        _ => TimeSpan.TicksPerDay,
    };

    /// <summary>The number of the span that an instant lies in.</summary>
    public static long NumberOf(ItemSpan span, long at) => ItemUnits.Floor(at, LengthOf(span));

    /// <summary>The beginning of the minute that an instant lies in, since counts are trimmed by whole minutes.</summary>
    public static long StartOfMinute(long at) =>
        at <= First ? First : ItemUnits.Floor(at, TimeSpan.TicksPerMinute) * TimeSpan.TicksPerMinute;

    /// <summary>The beginning of the day that an instant lies in; the earliest number for what lies before the year 1.</summary>
    public static long StartOfDay(long at) => at <= First ? long.MinValue : NumberOf(ItemSpan.Day, at) * TimeSpan.TicksPerDay;

    /// <summary>Whether something at an instant is counted by a span: in a fine one it is not once that instant is trimmed.</summary>
    public static bool Counts(ItemSpan span, long at, long trimmed) => !IsFine(span) || at >= trimmed;

    /// <summary>The spans that a unit's counts are read from.</summary>
    public static ItemSpan SpanOf(ItemUnit unit) => unit switch
    {
        ItemUnit.Millisecond => ItemSpan.Millisecond,
        ItemUnit.Second => ItemSpan.Second,
        ItemUnit.Minute => ItemSpan.Minute,
        ItemUnit.Hour => ItemSpan.Hour,
        _ => ItemSpan.Day,
    };

    /// <summary>The numbers of the spans of all units that begin within a range: from the first one to that after the last.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="range">The range.</param>
    /// <param name="trimmed">The instant up to which counts are trimmed.</param>
    public static (long From, long To) NumbersOf(ItemUnit unit, ItemPointRange range, long trimmed)
    {
        var span = SpanOf(unit);
        var from = IsFine(span) ? Math.Max(range.From, trimmed) : range.From;
        return (NumberOf(span, FirstFrom(unit, from)), NumberOf(span, FirstFrom(unit, range.To)));
    }

    /// <summary>The beginning of the first unit that begins at or after an instant.</summary>
    private static long FirstFrom(ItemUnit unit, long at)
    {
        if (at <= First || at >= End)
        {
            return at <= First ? First : End;
        }

        var start = unit.StartOf(at);
        if (start == at)
        {
            return at;
        }

        // As far ahead as the longest month or year lasts is the next one, and not the one after it.
        return unit switch
        {
            ItemUnit.Week => Math.Min(End, start + (DaysOfWeek * TimeSpan.TicksPerDay)),
            ItemUnit.Month => After(start, 31),
            ItemUnit.Year => After(start, 366),
            _ => start + LengthOf(SpanOf(unit)),
        };

        long After(long begin, int days) =>
            begin + (days * TimeSpan.TicksPerDay) is var next && next >= End ? End : unit.StartOf(next);
    }
}
