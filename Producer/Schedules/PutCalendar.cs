using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>PUT and DELETE /calendars/{name}.</summary>
internal static class PutCalendar
{
    private const int MaxRequestBytes = 1024 * 1024;

    public static void MapPutCalendar(this IEndpointRouteBuilder calendars)
    {
        calendars.MapPut("/{name}", PutAsync)
            .WithName("putCalendar")
            .WithSummary("Create or change a calendar")
            .WithDescription(
                "Dates that schedules leave out, or on which alone they run, in the zone of each. Sending the same again changes nothing. "
                + "With other dates, the future runs of all schedules that name it move within a few seconds, without a change of these "
                + "schedules. What was due before, and runs that are scheduled within two seconds, stay as they were.")
            .Accepts<CalendarRequest>("application/json")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
            .Needs(Contracts.Access.KeyVerb.Control)
            .Produces<CalendarResource>()
            .Produces<CalendarResource>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        calendars.MapDelete("/{name}", DeleteAsync)
            .WithName("deleteCalendar")
            .WithSummary("Delete a calendar")
            .WithDescription("Only one that no schedule names; the problem says how many do.")
            .Needs(Contracts.Access.KeyVerb.Control)
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Results<JsonAnswer<CalendarResource>, ProblemHttpResult>> PutAsync(
        string name, HttpContext context, CalendarControl control, CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var errors = new FieldErrors();
        if (SchedulePath.Problem(name) is { } problem)
        {
            errors.Add("name", problem);
        }

        if (!EntityTags.TryReadIfMatch(context.Request, out var versions))
        {
            errors.Add("If-Match", "must be * or a list of quoted entity tags");
        }

        var request = await JsonBody.ReadObjectAsync(
            context.Request, errors, json => CalendarRequest.From(json, errors), cancellationToken);
        if (request is null || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var change = await control.PutAsync(
            context.Tenant(), name, request, context.Request.Headers.IfMatch.Count > 0, versions, cancellationToken);
        if (change.Problem is not null)
        {
            return change.Problem;
        }

        var after = change.After!;
        Note(context, change);
        context.Response.Headers.ETag = EntityTags.Of(after.Content.Revision);
        context.Response.Headers.Location = change.Before is null ? $"{CalendarPath.Root}/{name}" : default;
        return new JsonAnswer<CalendarResource>(
            await control.ShowAsync(after, cancellationToken), ScheduleResourcesJson.Http.CalendarResource,
            change.Before is null ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string name, HttpContext context, CalendarControl control, CancellationToken cancellationToken)
    {
        if (SchedulePath.Problem(name) is { } problem)
        {
            return Problems.Invalid("name", problem);
        }

        if (!EntityTags.TryReadIfMatch(context.Request, out var versions))
        {
            return Problems.Invalid("If-Match", "must be * or a list of quoted entity tags");
        }

        var change = await control.DeleteAsync(context.Tenant(), name, versions, cancellationToken);
        if (change.Problem is not null)
        {
            return change.Problem;
        }

        Note(context, change);
        return TypedResults.NoContent();
    }

    /// <summary>Tells the audit, as hashes, what the calendar was and became.</summary>
    private static void Note(HttpContext context, CalendarChange change) => Audited.Note(
        context, Shown(change.Before), Shown(change.After), ScheduleResourcesJson.Http.CalendarResource);

    private static CalendarResource? Shown(Contracts.Schedules.CalendarRecord? record) =>
        record is null ? null : CalendarResource.From(record);
}
