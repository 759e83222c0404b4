using NodaTime;

namespace Contracts.Schedules;

/// <summary>Which days are a recurrence rule's, of those that its periods have.</summary>
internal sealed class RuleDays
{
    private readonly RecurrenceRule rule;
    private readonly int[] months;
    private readonly int[] monthDays;
    private readonly IsoDayOfWeek? weekday;
    private readonly bool isByYear;

    /// <param name="rule">The rule.</param>
    /// <param name="start">The date of DTSTART, which says what the rule leaves open.</param>
    public RuleDays(RecurrenceRule rule, LocalDate start)
    {
        this.rule = rule;
        (months, monthDays) = (rule.Months, rule.MonthDays);
        isByYear = rule.Frequency == RuleFrequency.Yearly && rule.Months.Length == 0;
        if (rule.Days.Length > 0 || rule.MonthDays.Length > 0 || rule.YearDays.Length > 0)
        {
            return;
        }

        switch (rule.Frequency)
        {
            case RuleFrequency.Yearly when rule.WeekNumbers.Length > 0:
            case RuleFrequency.Weekly:
                weekday = start.DayOfWeek;
                break;
            case RuleFrequency.Yearly when months.Length == 0:
                (months, monthDays) = ([start.Month], [start.Day]);
                break;
            case RuleFrequency.Yearly or RuleFrequency.Monthly:
                monthDays = [start.Day];
                break;
        }
    }

    /// <summary>The first day of a week.</summary>
    public static LocalDate StartOfWeek(LocalDate date, IsoDayOfWeek first) => date.PlusDays(-(((int)date.DayOfWeek - (int)first + 7) % 7));

    /// <summary>The first day of the rule's in a span; null if there is none.</summary>
    public LocalDate? Next(LocalDate first, LocalDate last)
    {
        for (var date = first; date <= last;)
        {
            if (months.Length > 0 && !months.Contains(date.Month))
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

    private bool Include(LocalDate date) =>
        (weekday is null || date.DayOfWeek == weekday)
        && (rule.Days.Length == 0 || IsDay(date))
        && (monthDays.Length == 0 || Counts(monthDays, date.Day, CalendarSystem.Iso.GetDaysInMonth(date.Year, date.Month)))
        && (rule.YearDays.Length == 0 || Counts(rule.YearDays, date.DayOfYear, CalendarSystem.Iso.GetDaysInYear(date.Year)))
        && (rule.WeekNumbers.Length == 0 || IsWeek(date));

    private bool IsDay(LocalDate date)
    {
        foreach (var (nth, day) in rule.Days)
        {
            if (day != date.DayOfWeek)
            {
                continue;
            }

            var (at, length) = isByYear ? (date.DayOfYear, CalendarSystem.Iso.GetDaysInYear(date.Year))
                : (date.Day, CalendarSystem.Iso.GetDaysInMonth(date.Year, date.Month));
            if (nth == 0 || nth == (at + 6) / 7 || nth == -((length - at + 7) / 7))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Week 1 is the first with four days or more in its year; so a date may be in a week of the year before or after.</summary>
    private bool IsWeek(LocalDate date)
    {
        var start = StartOfWeek(date, rule.WeekStart);

        // The fourth day of a week lies in the year that the week belongs to.
        var year = start.PlusDays(3).Year;
        var number = (Period.DaysBetween(FirstWeek(year), start) / 7) + 1;
        return Counts(rule.WeekNumbers, number, Period.DaysBetween(FirstWeek(year), FirstWeek(year + 1)) / 7);
    }

    private LocalDate FirstWeek(int year) => StartOfWeek(new LocalDate(year, 1, 4), rule.WeekStart);

    /// <summary>Whether one is named, from the beginning or from the end.</summary>
    private static bool Counts(int[] named, int number, int length) => named.Contains(number) || named.Contains(number - length - 1);
}
