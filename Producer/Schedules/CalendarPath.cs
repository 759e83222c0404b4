using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>Where calendars are. Their names are as those of schedules.</summary>
internal static class CalendarPath
{
    public const string Root = "/api/v1/calendars";

    public static ProblemHttpResult NotFound(string name) =>
        Problems.NotFound("There is no such calendar.", $"No calendar has the name '{name}'.");
}
