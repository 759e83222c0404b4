using Contracts.Common;

namespace Contracts.Items;

/// <summary>When units of time begin, in UTC; instants are in 100 ns since 1970.</summary>
public static class ItemUnits
{
    private const long DaysOfWeek = 7;

    /// <summary>1970 began on a Thursday, three days after a Monday.</summary>
    private const long DaysSinceMonday = 3;

    /// <summary>Whether a unit is told of the last hour only.</summary>
    public static bool IsFine(this ItemUnit unit) => unit is ItemUnit.Millisecond or ItemUnit.Second;

    /// <summary>The beginning of the unit that an instant lies in.</summary>
    public static long StartOf(this ItemUnit unit, long at)
    {
        switch (unit)
        {
            case ItemUnit.Week:
                var day = Floor(at, TimeSpan.TicksPerDay);
                return ((Floor(day + DaysSinceMonday, DaysOfWeek) * DaysOfWeek) - DaysSinceMonday) * TimeSpan.TicksPerDay;
            case ItemUnit.Month:
            case ItemUnit.Year:
                var date = TickTime.ToInstant(at);
                return TickTime.Of(new DateTimeOffset(date.Year, unit == ItemUnit.Year ? 1 : date.Month, 1, 0, 0, 0, TimeSpan.Zero));
            default:
                var length = LengthOf(unit);
                return Floor(at, length) * length;
        }
    }

    /// <summary>Divides, and rounds down.</summary>
    public static long Floor(long number, long divisor) => (number / divisor) - (number % divisor < 0 ? 1 : 0);

    private static long LengthOf(ItemUnit unit) => unit switch
    {
        ItemUnit.Millisecond => TimeSpan.TicksPerMillisecond,
        ItemUnit.Second => TimeSpan.TicksPerSecond,
        ItemUnit.Minute => TimeSpan.TicksPerMinute,
        ItemUnit.Hour => TimeSpan.TicksPerHour,
        _ => TimeSpan.TicksPerDay,
    };
}
