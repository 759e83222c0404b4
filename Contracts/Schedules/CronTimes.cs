using System.Numerics;
using NodaTime;

namespace Contracts.Schedules;

/// <summary>The local times that a cron expression means.</summary>
/// <param name="seconds">Bit 0 for second 0.</param>
/// <param name="minutes">Bit 0 for minute 0.</param>
/// <param name="hours">Bit 0 for midnight.</param>
/// <param name="months">Bit 1 for January.</param>
/// <param name="days">The days.</param>
internal sealed class CronTimes(ulong seconds, ulong minutes, ulong hours, uint months, CronDays days) : ILocalTimes
{
    /// <summary>Whether it goes on by the second, minute or hour, rather than naming times of day.</summary>
    public bool IsContinuous { get; init; }

    public IEnumerable<LocalDateTime> From(LocalDateTime from)
    {
        var (hour, minute, second) = (from.Hour, from.Minute, from.Second + (from.NanosecondOfSecond > 0 ? 1 : 0));
        for (var date = Find(from.Date); date is { } day; date = Find(day.PlusDays(1)))
        {
            if (day != from.Date)
            {
                (hour, minute, second) = (0, 0, 0);
            }

            for (hour = NextBit(hours, hour); hour < 24; hour = NextBit(hours, hour + 1))
            {
                if (day != from.Date || hour != from.Hour)
                {
                    (minute, second) = (0, 0);
                }

                for (minute = NextBit(minutes, minute); minute < 60; minute = NextBit(minutes, minute + 1))
                {
                    if (day != from.Date || hour != from.Hour || minute != from.Minute)
                    {
                        second = 0;
                    }

                    for (second = NextBit(seconds, second); second < 60; second = NextBit(seconds, second + 1))
                    {
                        yield return day + new LocalTime(hour, minute, second);
                    }
                }
            }
        }
    }

    private LocalDate? Find(LocalDate from) => days.Find(from, ScheduleTime.LastDay, months);

    /// <summary>The next set bit at or above one; 64 if there is none.</summary>
    private static int NextBit(ulong bits, int from) => BitOperations.TrailingZeroCount(from < 64 ? bits & (ulong.MaxValue << from) : 0);
}
