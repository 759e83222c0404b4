using NodaTime;

namespace Contracts.Schedules;

/// <summary>Every so many days or months of the calendar, at the anchor's time of day.</summary>
/// <remarks>
/// Each is counted from the anchor, not from the one before, so that the 31st, which February makes the 28th, is the 31st again in March.
/// </remarks>
internal sealed class PeriodTimes(LocalDateTime anchor, int months, int days) : ILocalTimes
{
    /// <summary>The number of those that months alone, and days alone, would leave within the calendar.</summary>
    private readonly int bound = 1 + Math.Min(
        months == 0 ? int.MaxValue - 1 : (((ScheduleTime.LastDay.Year - anchor.Year) * 12) + 12 - anchor.Month) / months,
        days == 0 ? int.MaxValue - 1 : Period.DaysBetween(anchor.Date, ScheduleTime.LastDay) / days);

    public IEnumerable<LocalDateTime> From(LocalDateTime from)
    {
        var (low, high) = (0, bound);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = !IsBeyond(middle) && At(middle) < from ? (middle + 1, high) : (low, middle);
        }

        for (var index = low; index < bound && !IsBeyond(index); index++)
        {
            yield return At(index);
        }
    }

    private LocalDateTime At(int index) => anchor.PlusMonths(months * index).PlusDays(days * index);

    private bool IsBeyond(int index) =>
        (long)days * index > Period.DaysBetween(anchor.Date.PlusMonths(months * index), ScheduleTime.LastDay);
}
