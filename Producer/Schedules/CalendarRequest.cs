using System.Text.Json;
using Contracts.Schedules;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>A calendar to be put. At least one date is needed.</summary>
internal sealed class CalendarRequest
{
    /// <summary>
    /// Dates on which nothing runs, at most 5,000: single ones (2030-12-25), ranges (2030-07-01/2030-08-31, both ends included), those of
    /// every year (12-25, 12-24/01-01), and days of the week (SAT).
    /// </summary>
    public IReadOnlyList<string>? Exclude { get; private set; }

    /// <summary>Where there are any, only on these dates something runs; at most 5,000.</summary>
    public IReadOnlyList<string>? Include { get; private set; }

    internal CalendarDates Excluded { get; private set; } = CalendarDates.None;

    internal CalendarDates Included { get; private set; } = CalendarDates.None;

    /// <summary>Reads valid fields and reports invalid ones.</summary>
    public static CalendarRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new CalendarRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "exclude": (request.Exclude, request.Excluded) = CalendarDatesField.From(field.Value, field.Name, errors); break;
                case "include": (request.Include, request.Included) = CalendarDatesField.From(field.Value, field.Name, errors); break;
                default: errors.Add(field.Name, "is not a known field; known are exclude, include"); break;
            }
        }

        if (request.Excluded.IsEmpty && request.Included.IsEmpty && !errors.Concern("exclude") && !errors.Concern("include"))
        {
            errors.Add("exclude", "needs dates, or include does");
        }

        return request;
    }
}
