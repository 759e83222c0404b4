using NodaTime;

namespace Contracts.Schedules;

/// <summary>Which days a cron expression means.</summary>
internal sealed class CronDays
{
    /// <summary>Days of the month, bit 1 for the first.</summary>
    public uint Days { get; set; }

    /// <summary>Days before the last one of the month (L, L-3), bit 0 for the last.</summary>
    public uint BeforeLast { get; set; }

    /// <summary>Working days nearest to a day of the month (15W).</summary>
    public uint Nearest { get; set; }

    /// <summary>Working days nearest to a day before the last one (LW, L-3W).</summary>
    public uint NearestBeforeLast { get; set; }

    /// <summary>Days of the week, bit 0 for Sunday.</summary>
    public uint Weekdays { get; set; }

    /// <summary>The nth of a weekday in the month (MON#2), bit weekday × 5 + n − 1.</summary>
    public ulong Nth { get; set; }

    /// <summary>The last of a weekday in the month (FRIL).</summary>
    public uint LastWeekdays { get; set; }

    /// <summary>Whether any day of the month is meant (* or ?).</summary>
    public bool IsAnyDay { get; set; }

    /// <summary>Whether any day of the week is meant.</summary>
    public bool IsAnyWeekday { get; set; }

    /// <summary>Whether one of the two fields is enough.</summary>
    public bool IsEither { get; set; }

    /// <summary>Whether 31W means the last working day of a shorter month, as in Quartz, rather than none.</summary>
    public bool IsNearestClamped { get; set; }

    /// <summary>Whether it means a date.</summary>
    public bool Include(LocalDate date)
    {
        var byDay = IsAnyDay || IsDay(date);
        return IsEither ? byDay || IsWeekday(date) : byDay && (IsAnyWeekday || IsWeekday(date));
    }

    private static bool Has(ulong bits, int bit) => (bits >> bit & 1) != 0;

    private static int Sunday0(LocalDate date) => (int)date.DayOfWeek % 7;

    private bool IsDay(LocalDate date)
    {
        var last = CalendarSystem.Iso.GetDaysInMonth(date.Year, date.Month);
        if (Has(Days, date.Day) || Has(BeforeLast, last - date.Day))
        {
            return true;
        }

        if ((Nearest | NearestBeforeLast) == 0 || Sunday0(date) is 0 or 6)
        {
            return false;
        }

        var nearest = IsNearestClamped && (ulong)Nearest >> (last + 1) != 0 ? Nearest | (1U << last) : Nearest;

        // Which days have this one as their nearest working day? At most two days away, never in another month.
        for (var day = Math.Max(1, date.Day - 2); day <= Math.Min(last, date.Day + 2); day++)
        {
            if ((Has(nearest, day) || Has(NearestBeforeLast, last - day)) && NearestTo(date.PlusDays(day - date.Day), last) == date.Day)
            {
                return true;
            }
        }

        return false;
    }

    private static int NearestTo(LocalDate date, int last) => Sunday0(date) switch
    {
        6 => date.Day > 1 ? date.Day - 1 : date.Day + 2,
        0 => date.Day < last ? date.Day + 1 : date.Day - 2,
        _ => date.Day,
    };

    private bool IsWeekday(LocalDate date)
    {
        var weekday = Sunday0(date);
        return Has(Weekdays, weekday)
            || (Nth != 0 && Has(Nth, (weekday * 5) + ((date.Day - 1) / 7)))
            || (LastWeekdays != 0 && Has(LastWeekdays, weekday)
                && date.Day + 7 > CalendarSystem.Iso.GetDaysInMonth(date.Year, date.Month));
    }

    /// <summary>Whether there is such a day in any year; the calendar repeats itself, weekdays included, after 400.</summary>
    /// <param name="months">Bit 1 for January.</param>
    public bool Exist(uint months) => Find(new LocalDate(2000, 1, 1), new LocalDate(2399, 12, 31), months) is not null;

    /// <summary>The first such day of a span.</summary>
    /// <returns>Null if there is none.</returns>
    public LocalDate? Find(LocalDate from, LocalDate last, uint months)
    {
        for (var date = from; date <= last;)
        {
            if (!Has(months, date.Month))
            {
                date = date.Month < 12 ? new LocalDate(date.Year, date.Month + 1, 1) : new LocalDate(date.Year + 1, 1, 1);
            }
            else if (Include(date))
            {
                return date;
            }
            else
            {
                date = date.PlusDays(1);
            }
        }

        return null;
    }
}
