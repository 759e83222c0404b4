using System.Text.Json;
using Contracts.Schedules;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>Named dates of the schedule's zone: a stored calendar's, or the schedule's own.</summary>
internal sealed class ScheduleCalendarRequest
{
    private CalendarDates excluded = CalendarDates.None;
    private CalendarDates included = CalendarDates.None;

    /// <summary>
    /// The name of a stored calendar; with dates, what is shown where the schedule's own calendar leaves out a run. 1 to 128 characters.
    /// </summary>
    public string? Name { get; private set; }

    /// <summary>
    /// Dates on which nothing runs, at most 5,000: 2030-12-25, 2030-07-01/2030-08-31, 12-25 or 12-24/01-01 of every year, SAT.
    /// </summary>
    public IReadOnlyList<string>? Exclude { get; private set; }

    /// <summary>Where there are any, only on these dates something runs; at most 5,000.</summary>
    public IReadOnlyList<string>? Include { get; private set; }

    public ScheduleCalendar ToCalendar() => new(Name ?? string.Empty, excluded, included);

    /// <summary>Reads an array of calendars.</summary>
    public static IReadOnlyList<ScheduleCalendarRequest>? ListFrom(JsonElement value, string field, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Add(field, "must be an array of calendars");
            return null;
        }

        // One too many is enough to refuse them.
        return
        [
            .. value.EnumerateArray().Take(ScheduleReader.MaxCalendars + 1)
                .Select((item, index) => From(item, $"{field}[{index}]", errors)),
        ];
    }

    private static ScheduleCalendarRequest From(JsonElement value, string field, FieldErrors errors)
    {
        var calendar = new ScheduleCalendarRequest();
        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.Add(field, "must be an object with a name, and dates to exclude or to include");
            return calendar;
        }

        foreach (var part in value.EnumerateObject())
        {
            var path = $"{field}.{part.Name}";
            switch (part.Name)
            {
                case "name": calendar.Name = Read.Text(part.Value, path, errors); break;
                case "exclude": (calendar.Exclude, calendar.excluded) = CalendarDatesField.From(part.Value, path, errors); break;
                case "include": (calendar.Include, calendar.included) = CalendarDatesField.From(part.Value, path, errors); break;
                default: errors.Add(path, "is not a known field; known are name, exclude, include"); break;
            }
        }

        if ((calendar.Exclude ?? calendar.Include) is not null && calendar.ToCalendar().IsShared
            && !errors.Concern($"{field}.exclude") && !errors.Concern($"{field}.include"))
        {
            errors.Add(field, "needs dates to exclude or to include, or neither, to name a stored calendar");
            if (string.IsNullOrEmpty(calendar.Name) && !errors.Has($"{field}.name"))
            {
                errors.Add($"{field}.name", ScheduleReader.NameLength);
            }
        }

        return calendar;
    }
}
