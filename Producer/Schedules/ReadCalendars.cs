using Contracts.Schedules;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Events;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>GET /calendars and /calendars/{name}.</summary>
internal static class ReadCalendars
{
    public static void MapReadCalendars(this IEndpointRouteBuilder calendars)
    {
        calendars.MapGet("/", ListAsync)
            .WithQuery("limit", "cursor")
            .WithName("listCalendars")
            .WithSummary("List calendars")
            .WithDescription("In the order of their names, without their dates. `next` is the cursor of the next page.")
            .Produces<CalendarList>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        calendars.MapGet("/{name}", GetAsync)
            .WithName("getCalendar")
            .WithSummary("Read a calendar")
            .WithDescription("With its dates, and how many schedules name it.")
            .Produces<CalendarResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<JsonAnswer<CalendarList>, ProblemHttpResult>> ListAsync(
        string? limit, string? cursor, HttpContext context, ICalendarStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var asked = ListPage.Read(context, limit, cursor, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var page = await store.ListAsync(new CalendarQuery(asked.Tenant, asked.Size, asked.After), cancellationToken);
        return new JsonAnswer<CalendarList>(
            new CalendarList([.. page.Items.Select(ListedCalendarResource.From)], asked.CursorAfter(page.Next)),
            ScheduleResourcesJson.Http.CalendarList);
    }

    private static async Task<Results<JsonAnswer<CalendarResource>, ProblemHttpResult>> GetAsync(
        string name, HttpContext context, CalendarControl control, CancellationToken cancellationToken)
    {
        if (SchedulePath.Problem(name) is { } problem)
        {
            return Problems.Invalid("name", problem);
        }

        if (await control.FindAsync(context.Tenant(), name, cancellationToken) is not { } found)
        {
            return CalendarPath.NotFound(name);
        }

        context.Response.Headers.ETag = EntityTags.Of(found.Content.Revision);
        return new JsonAnswer<CalendarResource>(
            await control.ShowAsync(found, cancellationToken), ScheduleResourcesJson.Http.CalendarResource);
    }
}
