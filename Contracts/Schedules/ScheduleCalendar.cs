namespace Contracts.Schedules;

/// <summary>Named dates, of the schedule's zone.</summary>
/// <param name="Name">The name that is shown where it leaves out a run.</param>
/// <param name="Excluded">On these dates nothing runs.</param>
/// <param name="Included">Where there are any, only on these dates something runs.</param>
public sealed record ScheduleCalendar(string Name, IReadOnlySet<DateOnly> Excluded, IReadOnlySet<DateOnly> Included)
{
    /// <summary>Whether a run may take place on a date.</summary>
    public bool Allows(DateOnly date) => !Excluded.Contains(date) && (Included.Count == 0 || Included.Contains(date));
}
