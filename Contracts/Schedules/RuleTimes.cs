using NodaTime;

namespace Contracts.Schedules;

/// <summary>The local times that a recurrence rule means.</summary>
/// <remarks>
/// A rule goes in periods of its frequency, counted from DTSTART. Within a period each day is asked whether it is one of the rule's
/// (<see cref="RuleDays"/>), and each of those has the rule's times. A rule without COUNT is entered at the period that is asked for, so
/// that its past costs nothing.
/// </remarks>
internal sealed class RuleTimes : ILocalTimes
{
    /// <summary>Maximum number of times of a period from which BYSETPOS takes some.</summary>
    public const int MaxPeriodTimes = 20_000;

    private const int Years = 400;
    private const int DaysOfYears = 146_097;

    private readonly RecurrenceRule rule;
    private readonly LocalDateTime start;
    private readonly RuleDays days;
    private readonly int[] hours;
    private readonly int[] minutes;
    private readonly int[] seconds;

    /// <summary>All times of a rule with COUNT: they can only be counted from the first one on.</summary>
    private readonly Lazy<LocalDateTime[]> counted;

    /// <param name="rule">The rule.</param>
    /// <param name="start">DTSTART; digits finer than a second are dropped. It is a time of the rule only if the rule names it.</param>
    public RuleTimes(RecurrenceRule rule, LocalDateTime start)
    {
        this.rule = rule;
        this.start = start.Date + new LocalTime(start.Hour, start.Minute, start.Second);
        days = new RuleDays(rule, start.Date);
        hours = Or(rule.Hours, start.Hour, rule.Frequency < RuleFrequency.Hourly, 24);
        minutes = Or(rule.Minutes, start.Minute, rule.Frequency < RuleFrequency.Minutely, 60);
        seconds = Or(rule.Seconds, start.Second, rule.Frequency < RuleFrequency.Secondly, 60);

        counted = new Lazy<LocalDateTime[]>(() => [.. Uncounted(this.start).Take(rule.Count!.Value)]);

        static int[] Or(int[] given, int ofStart, bool isFixed, int count) =>
            given.Length > 0 ? given : isFixed ? [ofStart] : [.. Enumerable.Range(0, count)];
    }

    private long UnitSeconds => rule.Frequency switch { RuleFrequency.Hourly => 3600, RuleFrequency.Minutely => 60, _ => 1 };

    public IEnumerable<LocalDateTime> From(LocalDateTime from)
    {
        if (rule.Count is null)
        {
            return Uncounted(from);
        }

        var index = Array.BinarySearch(counted.Value, from);
        return counted.Value.Skip(index < 0 ? ~index : index);
    }

    /// <summary>How many times a period has at most.</summary>
    public long PeriodTimes => rule.Frequency switch
    {
        RuleFrequency.Yearly => 366L,
        RuleFrequency.Monthly => 31L,
        RuleFrequency.Weekly => 7L,
        _ => 1L,
    } * (rule.Frequency < RuleFrequency.Hourly ? hours.Length : 1) * (rule.Frequency < RuleFrequency.Minutely ? minutes.Length : 1)
        * (rule.Frequency < RuleFrequency.Secondly ? seconds.Length : 1);

    /// <summary>Whether it names any time at all, were it not for COUNT and UNTIL.</summary>
    /// <remarks>
    /// Dates and their weekdays repeat themselves after 400 years, so that no more periods than those have need be looked at. Steps of
    /// seconds come round to the same time of day after at most a day's worth of them.
    /// </remarks>
    public bool Exist() => rule.Frequency switch
    {
        RuleFrequency.Yearly => IsAny(Years),
        RuleFrequency.Monthly => IsAny(Years * 12),
        RuleFrequency.Weekly => IsAny(DaysOfYears / 7),
        RuleFrequency.Daily => IsAny(DaysOfYears),
        _ => days.Next(new LocalDate(2000, 1, 1), new LocalDate(2399, 12, 31)) is not null && IsTimeReached(),
    };

    private IEnumerable<LocalDateTime> Uncounted(LocalDateTime from)
    {
        var least = LocalDateTime.Max(from, start);
        var times = Periods(least).SelectMany(Chosen).SkipWhile(time => time < least);
        return rule.Until is { } until ? times.TakeWhile(time => time <= until) : times;
    }

    private bool IsAny(int periods) => Periods(start).Take(periods).Any(period => Chosen(period).Any());

    private bool IsTimeReached()
    {
        var step = UnitSeconds * rule.Interval % NodaConstants.SecondsPerDay;
        var first = SecondOfDay(start) / UnitSeconds * UnitSeconds;
        var at = first;
        do
        {
            if (Chosen(InUnit((int)at)).Any())
            {
                return true;
            }

            at = (at + step) % NodaConstants.SecondsPerDay;
        }
        while (at != first);
        return false;
    }

    private IEnumerable<T> Chosen<T>(IEnumerable<T> period)
    {
        if (rule.Positions.Length == 0)
        {
            return period;
        }

        var all = period.ToList();
        return rule.Positions.Select(position => position > 0 ? position - 1 : all.Count + position)
            .Where(index => index >= 0 && index < all.Count).Distinct().Order().Select(index => all[index]);
    }

    /// <summary>The times of each period that ends after a time, whether they are before it or not.</summary>
    private IEnumerable<IEnumerable<LocalDateTime>> Periods(LocalDateTime from) => rule.Frequency switch
    {
        RuleFrequency.Yearly => Months(12, from),
        RuleFrequency.Monthly => Months(1, from),
        RuleFrequency.Weekly => Weeks(from.Date),
        RuleFrequency.Daily => DayByDay(from.Date),
        _ => Units(from),
    };

    private IEnumerable<IEnumerable<LocalDateTime>> Months(int length, LocalDateTime from)
    {
        var first = new LocalDate(start.Year, length == 12 ? 1 : start.Month, 1);
        var step = length * rule.Interval;
        var passed = ((from.Year - first.Year) * 12) + from.Month - first.Month;
        for (var months = passed / step * (long)step; months < (ScheduleTime.LastDay.Year - first.Year + 1) * 12; months += step)
        {
            var begin = first.PlusMonths((int)months);
            yield return OfDays(begin, begin.PlusMonths(length - 1).With(DateAdjusters.EndOfMonth));
        }
    }

    private IEnumerable<IEnumerable<LocalDateTime>> Weeks(LocalDate from)
    {
        var first = RuleDays.StartOfWeek(start.Date, rule.WeekStart);
        var step = 7L * rule.Interval;
        var last = Period.DaysBetween(first, ScheduleTime.LastDay) - 7;
        for (var passed = Period.DaysBetween(first, from) / step * step; passed <= last; passed += step)
        {
            var begin = first.PlusDays((int)passed);
            yield return OfDays(begin, begin.PlusDays(6));
        }
    }

    private IEnumerable<IEnumerable<LocalDateTime>> DayByDay(LocalDate from)
    {
        var last = Period.DaysBetween(start.Date, ScheduleTime.LastDay);
        var passed = Period.DaysBetween(start.Date, from) / rule.Interval * (long)rule.Interval;
        for (; passed <= last; passed += rule.Interval)
        {
            var day = start.Date.PlusDays((int)passed);
            yield return OfDays(day, day);
        }
    }

    /// <summary>Hours, minutes or seconds: those of the rule's days only, of which there may be few.</summary>
    private IEnumerable<IEnumerable<LocalDateTime>> Units(LocalDateTime from)
    {
        var step = UnitSeconds * rule.Interval;
        var first = SecondOfDay(start) / UnitSeconds * UnitSeconds;
        foreach (var day in Days(from.Date, ScheduleTime.LastDay))
        {
            // Seconds from the first unit to this day's midnight, and on to the first unit within the day.
            var midnight = (Period.DaysBetween(start.Date, day) * (long)NodaConstants.SecondsPerDay) - first;
            var begin = midnight <= 0 ? -midnight : (step - (midnight % step)) % step;
            if (day == from.Date && SecondOfDay(from) / UnitSeconds * UnitSeconds is var least && least > begin)
            {
                begin += (least - begin + step - 1) / step * step;
            }

            for (var second = begin; second < NodaConstants.SecondsPerDay; second += step)
            {
                // Of what the rule's hours and minutes leave out, nothing is looked at one by one.
                var (length, isIn) = Array.BinarySearch(hours, (int)second / 3600) < 0 ? (3600L, false)
                    : rule.Frequency > RuleFrequency.Hourly && Array.BinarySearch(minutes, (int)second / 60 % 60) < 0 ? (60L, false)
                    : (1L, true);
                if (!isIn)
                {
                    second += ((((second / length) + 1) * length) - second - 1) / step * step;
                    continue;
                }

                yield return InUnit((int)second).Select(at => day.AtMidnight().PlusSeconds(at));
            }
        }
    }

    /// <summary>The rule's seconds of the day within the hour, minute or second that begins with one.</summary>
    private IEnumerable<int> InUnit(int second)
    {
        var (hour, minute) = (second / 3600, second / 60 % 60);
        if (Array.BinarySearch(hours, hour) < 0)
        {
            return [];
        }

        return rule.Frequency switch
        {
            RuleFrequency.Hourly => minutes.SelectMany(each => seconds.Select(at => second + (each * 60) + at)),
            RuleFrequency.Minutely => Array.BinarySearch(minutes, minute) < 0 ? [] : seconds.Select(at => second + at),
            _ => Array.BinarySearch(minutes, minute) < 0 || Array.BinarySearch(seconds, second % 60) < 0 ? [] : [second],
        };
    }

    private IEnumerable<LocalDateTime> OfDays(LocalDate first, LocalDate last) =>
        from day in Days(first, last)
        from hour in hours
        from minute in minutes
        from second in seconds
        select day + new LocalTime(hour, minute, second);

    private IEnumerable<LocalDate> Days(LocalDate first, LocalDate last)
    {
        for (var day = days.Next(first, last); day is { } found; day = days.Next(found.PlusDays(1), last))
        {
            yield return found;
        }
    }

    private static long SecondOfDay(LocalDateTime at) => (at.Hour * 3600) + (at.Minute * 60) + at.Second;
}
