using System.Globalization;
using Contracts.Common;
using NodaTime;
using NodaTime.Text;

namespace Contracts.Schedules;

/// <summary>A time as a schedule has it: an instant, a local time, or a whole day.</summary>
/// <param name="Instant">The instant; null for the others.</param>
/// <param name="Local">The local time, or the day's midnight.</param>
/// <param name="IsDay">Whether it is a whole day.</param>
internal readonly record struct ScheduleTime(Instant? Instant, LocalDateTime Local, bool IsDay)
{
    private const string Form = "must be an instant such as 2030-01-31T08:00:00Z, or a local time such as 2030-01-31T08:00";

    /// <summary>Where schedules end: a year before NodaTime's calendar does, so that nothing near it overflows.</summary>
    public static LocalDate LastDay { get; } = new(ScheduleReader.MaxYear, 12, 31);

    private static readonly LocalDateTimePattern[] Patterns =
    [
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss;FFF"),
    ];

    /// <summary>Reads one.</summary>
    public static ScheduleTime? Read(string text, string field, ICollection<ScheduleFault> faults, bool allowsDays = false)
    {
        var found = Read(text, allowsDays);
        if (found is null)
        {
            faults.Add(new ScheduleFault(field, null, allowsDays ? $"{Form}, or a date such as 2030-01-31" : Form));
        }
        else if (found.Value.Year is < ScheduleReader.MinYear or > ScheduleReader.MaxYear)
        {
            faults.Add(new ScheduleFault(field, null, ScheduleReader.Years));
            found = null;
        }

        return found;
    }

    /// <summary>The local time of the zone; of an instant, what clocks show at it.</summary>
    public LocalDateTime LocalIn(DateTimeZone zone) => Instant is { } instant ? instant.InZone(zone).LocalDateTime : Local;

    /// <summary>The instant: of a time that comes twice the first; one that does not exist is moved as GapRule.Shift does.</summary>
    public Instant InstantIn(DateTimeZone zone) => Instant ?? zone.AtLeniently(Local).ToInstant();

    private int Year => Instant is { } instant ? instant.InUtc().Year : Local.Year;

    private static ScheduleTime? Read(string text, bool allowsDays)
    {
        if (Rfc3339.TryRead(text, out var instant))
        {
            // Behind the last instant of the last year there is none to round up to; that year is refused.
            var rounded = instant.UtcDateTime.Year > ScheduleReader.MaxYear ? instant : Instants.CeilingToMilliseconds(instant);
            return new ScheduleTime(NodaTime.Instant.FromDateTimeOffset(rounded), default, IsDay: false);
        }

        foreach (var pattern in Patterns)
        {
            if (pattern.Parse(text) is { Success: true, Value: var local })
            {
                return new ScheduleTime(null, local, IsDay: false);
            }
        }

        return allowsDays && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new ScheduleTime(null, LocalDate.FromDateOnly(day).AtMidnight(), IsDay: true) : null;
    }
}
