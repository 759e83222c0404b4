using System.Text.Json;
using Contracts.Schedules;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>Reads the dates of calendars.</summary>
internal static class CalendarDatesField
{
    /// <summary>Reads an array of dates.</summary>
    /// <returns>The texts, null if there are none; and the dates, none if something is wrong.</returns>
    public static (IReadOnlyList<string>? Texts, CalendarDates Dates) From(JsonElement value, string field, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return (null, CalendarDates.None);
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > CalendarDates.MaxEntries)
        {
            errors.Add(field, value.ValueKind == JsonValueKind.Array ? ScheduleReader.TooMany : "must be an array of strings");
            return ([], CalendarDates.None);
        }

        var texts = new List<string>();
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            var path = $"{field}[{index}]";
            if (item.ValueKind == JsonValueKind.Null)
            {
                errors.Add(path, "must be a string");
            }
            else if (Read.Text(item, path, errors) is { } text)
            {
                if (CalendarDates.FindProblem(text) is { } problem)
                {
                    errors.Add(path, problem);
                }

                texts.Add(text);
            }
        }

        return (texts, errors.Concern(field) ? CalendarDates.None : CalendarDates.Read(texts));
    }
}
