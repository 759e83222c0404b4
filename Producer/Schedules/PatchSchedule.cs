using System.Text.Json;
using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Schedules;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>PATCH /schedules/{name}: changes some of a schedule's fields.</summary>
internal static class PatchSchedule
{
    public static void MapPatchSchedule(this IEndpointRouteBuilder schedules) => schedules.MapPatch("/{name}", HandleAsync)
        .WithName("changeSchedule")
        .WithSummary("Change some fields of a schedule")
        .WithDescription(
            "A JSON merge patch (RFC 7396) of the schedule's fields: absent members stay, null removes or sets the default, objects merge, "
            + "lists are replaced. One of `cron`, `rrule`, `every` and `at` takes the place of the other that was there, with what "
            + "belonged to it. The outcome is the same as that of a PUT with all fields.")
        .Accepts<SchedulePatch>(MergePatch.Type, "application/json")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(PutSchedule.MaxRequestBytes))
        .Produces<ScheduleResource>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<JsonAnswer<ScheduleResource>, ProblemHttpResult>> HandleAsync(
        string name, HttpContext context, IWebhookReader webhooks, ScheduleZones zones, ScheduleCalendars calendars,
        SchedulePutting putting, ScheduleControl control, IStoreClock clock, CancellationToken cancellationToken)
    {
        if (!MergePatch.IsAccepted(context))
        {
            return Problems.UnsupportedMediaType($"{MergePatch.Type} or application/json");
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

        var patch = await JsonBody.ReadObjectAsync(context.Request, errors, json => new Patch(json.Clone()), cancellationToken);
        if (patch is null || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var tenant = context.Tenant();
        var named = await calendars.FindAsync(tenant, SchedulePatch.SharedCalendars(patch.Json), cancellationToken);
        var change = await control.RunAsync(
            tenant,
            name,
            versions,
            before =>
            {
                if (before is null)
                {
                    return new ScheduleDecision(null, SchedulePath.NotFound(name));
                }

                var wrong = new FieldErrors();
                var request = SchedulePatch.Merge(patch.Json, before, webhooks, wrong);
                IReadOnlyList<CalendarRecord> known =
                    [.. named, .. before.Calendars.Where(each => named.All(one => one.Name != each.Name))];
                request.ReadTimes(clock.Now, zones, known, wrong);
                return wrong.Any ? new ScheduleDecision(before, Problems.Invalid(wrong))
                    : putting.Decide(tenant, name, before, request.ToDefinition(), known);
            },
            cancellationToken);
        return change.Problem is not null ? change.Problem : await control.AnswerAsync(context, change, cancellationToken);
    }

    private sealed record Patch(JsonElement Json);
}
