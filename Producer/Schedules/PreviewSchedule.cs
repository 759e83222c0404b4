using Contracts.Schedules;
using Infrastructure.Schedules;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>POST /schedules/preview: when a schedule would run.</summary>
internal static class PreviewSchedule
{
    private const int MaxRequestBytes = 1024 * 1024;

    public static void MapPreviewSchedule(this IEndpointRouteBuilder schedules) => schedules
        .MapPost("/preview", PreviewAsync)
        .WithName("previewSchedule")
        .WithSummary("Preview when a schedule would run")
        .WithDescription(
            "The next `count` runs, in UTC and local time, with what daylight saving does to them and what calendars leave out. Give one "
            + "of `cron`, `rrule`, `every` and `at`. Nothing is stored. A schedule that never runs is refused with the reason, and a "
            + "wrong expression with the character that is wrong and a suggestion.")
        .Accepts<SchedulePreviewRequest>("application/json")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .Produces<SchedulePreviewResource>()
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<JsonAnswer<SchedulePreviewResource>, ProblemHttpResult>> PreviewAsync(
        HttpContext context, ScheduleZones zones, ScheduleCalendars calendars, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var errors = new FieldErrors();
        var request = await JsonBody.ReadObjectAsync(
            context.Request, errors, json => SchedulePreviewRequest.From(json, errors), cancellationToken);
        if (request is null)
        {
            return Problems.Invalid(errors);
        }

        request.Check(errors);
        var after = request.After is { } given && !errors.Has("after") ? given : time.GetUtcNow();
        var named = await calendars.FindAsync(context.Tenant(), request.ToWhen().SharedCalendars, cancellationToken);
        if (request.ReadTimes(after, zones, named, errors) is not { } times || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var runs = times.Next(after, request.Count ?? SchedulePreviewRequest.DefaultCount, cancellationToken: cancellationToken);
        if (runs.Runs.Count == 0)
        {
            var never = times.NeverAfter(after, runs);
            return Problems.Invalid(never.Field, never.Text);
        }

        return new JsonAnswer<SchedulePreviewResource>(
            SchedulePreviewResource.From(times.Zone, zones.Version, runs, request),
            ScheduleResourcesJson.Http.SchedulePreviewResource);
    }
}
