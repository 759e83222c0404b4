namespace Contracts.Schedules;

/// <summary>A time that a schedule names: a run, or one that is left out.</summary>
/// <param name="At">UTC instant. Of a time that clocks are put forward past and that is left out, the instant at which they are.</param>
/// <param name="Local">What clocks of the zone show at it.</param>
/// <param name="Named">The local time as the schedule names it, which differs where clocks are put forward past it.</param>
/// <param name="Shift">What daylight saving does to it.</param>
/// <param name="Skipped">Why it is left out; null if it is not.</param>
/// <param name="Calendar">The calendar that leaves it out.</param>
public sealed record ScheduleStep(
    DateTimeOffset At, DateTime Local, DateTime Named, ClockShift Shift, SkipReason? Skipped = null, string? Calendar = null);
