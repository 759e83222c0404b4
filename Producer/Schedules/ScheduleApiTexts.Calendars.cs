using Contracts.Schedules;
using Microsoft.OpenApi;
using Producer.Docs;

namespace Producer.Schedules;

/// <content>Calendars.</content>
internal sealed partial class ScheduleApiTexts
{
    private const string Calendar = """
        {
          "name": "holidays",
          "exclude": ["2030-04-22", "01-01", "12-24/12-26", "SAT", "SUN"],
          "include": [],
          "schedules": 2,
          "createdAt": "2030-01-28T12:00:00.000Z",
          "changedAt": "2030-01-28T12:00:00.000Z"
        }
        """;

    private const string Calendars = """
        {
          "items": [
            {
              "name": "holidays",
              "excluded": 5,
              "included": 0,
              "createdAt": "2030-01-28T12:00:00.000Z",
              "changedAt": "2030-01-28T12:00:00.000Z"
            }
          ],
          "next": "686f6c6964617973"
        }
        """;

    private static IEnumerable<(string Type, string Title, string Text)> CalendarPuts =>
    [
        (Json, "Holidays and weekends", """{ "exclude": ["2030-04-22", "01-01", "12-24/12-26", "SAT", "SUN"] }"""),
        (Json, "Only on these days", """{ "include": ["2030-03-29", "2030-06-28"] }"""),
    ];

    private static void BoundCalendars(ApiSchemaSet schemas)
    {
        schemas.Bound("ScheduleCalendarRequest", new()
        {
            ["name"] = ApiShapes.Text(1, ScheduleReader.MaxNameLength),
            ["exclude"] = Dates(0).OrNull(),
            ["include"] = Dates(0).OrNull(),
        })?.Required = new HashSet<string>(StringComparer.Ordinal) { "name" };
        Optional(schemas, "ScheduleCalendarResource", "exclude", "include");
        schemas.Find("CalendarList")?.Required?.Remove("next");
        if (schemas.Bound("CalendarRequest", new() { ["exclude"] = Dates(1), ["include"] = Dates(0).OrNull() }) is { } request)
        {
            request.AnyOf = [OnlyWith("exclude"), OnlyWith("include")];
        }
    }

    private static OpenApiSchema Dates(int min) => ApiShapes.List(
        Example("2030-12-25", "2030-07-01/2030-08-31", "12-25", "12-24/01-01", "SAT"), min, CalendarDates.MaxEntries);
}
