using System.Text.Json.Serialization;

namespace Contracts.Schedules;

/// <summary>A calendar of a schedule, on dates of the schedule's zone: its own, or one that is stored under its name.</summary>
/// <param name="Name">The name that is shown where it leaves out a run; of a stored one, that one's.</param>
/// <param name="Excluded">On these dates nothing runs.</param>
/// <param name="Included">Where there are any, only on these dates something runs.</param>
public sealed record ScheduleCalendar(string Name, CalendarDates Excluded, CalendarDates Included)
{
    /// <summary>Whether it is a stored one (<see cref="CalendarRecord"/>): it has no dates of its own.</summary>
    [JsonIgnore]
    public bool IsShared => Excluded.IsEmpty && Included.IsEmpty;

    /// <summary>Whether a run may take place on a date.</summary>
    public bool Allows(DateOnly date) => Allows(date, Excluded, Included);

    internal static bool Allows(DateOnly date, CalendarDates excluded, CalendarDates included) =>
        !excluded.Contains(date) && (included.IsEmpty || included.Contains(date));
}

/// <summary>A calendar as a schedule's times have it.</summary>
/// <param name="Name">The name that is shown where it leaves out a run.</param>
/// <param name="Allows">Whether a run may take place on a date of the zone, at an instant.</param>
internal sealed record AppliedCalendar(string Name, Func<DateOnly, DateTimeOffset, bool> Allows);
