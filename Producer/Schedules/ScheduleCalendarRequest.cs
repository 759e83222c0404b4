using System.Globalization;
using System.Text.Json;
using Contracts.Schedules;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>Named dates of the schedule's zone.</summary>
internal sealed class ScheduleCalendarRequest
{
    private readonly HashSet<DateOnly> excluded = [];
    private readonly HashSet<DateOnly> included = [];

    /// <summary>The name that is shown where it leaves out a run; 1 to 128 characters.</summary>
    public string? Name { get; private set; }

    /// <summary>Dates on which nothing runs, such as 2030-12-25; at most 5,000.</summary>
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
                case "exclude": calendar.Exclude = Dates(part.Value, path, calendar.excluded, errors); break;
                case "include": calendar.Include = Dates(part.Value, path, calendar.included, errors); break;
                default: errors.Add(path, "is not a known field; known are name, exclude, include"); break;
            }
        }

        return calendar;
    }

    private static IReadOnlyList<string>? Dates(JsonElement value, string field, HashSet<DateOnly> dates, FieldErrors errors)
    {
        var texts = Read.Texts(value, field, errors);
        foreach (var (index, text) in (texts ?? []).Index())
        {
            if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                dates.Add(date);
            }
            else
            {
                errors.Add($"{field}[{index}]", "must be a date such as 2030-12-25");
            }
        }

        return texts;
    }
}
