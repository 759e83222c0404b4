using Contracts.Schedules;
using Contracts.Timers;
using Infrastructure.Schedules;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>POST /schedules/preview: when a schedule would run.</summary>
internal static class PreviewSchedule
{
    private const int MaxRequestBytes = 1024 * 1024;

    /// <summary>Runs of which it is told what else is due then.</summary>
    private const int MaxLoads = 10;

    /// <summary>Timers that may be looked at for that, for all of them.</summary>
    private const int MaxRows = 10_000;

    public static void MapPreviewSchedule(this IEndpointRouteBuilder schedules) => schedules
        .MapPost("/preview", PreviewAsync)
        .WithName("previewSchedule")
        .WithSummary("Preview when a schedule would run")
        .WithDescription(
            "The next `count` runs, in UTC and local time, with what daylight saving does to them and what calendars leave out. Give one "
            + "of `cron`, `rrule`, `every` and `at`. Nothing is stored. A schedule that never runs is refused with the reason, and a "
            + "wrong expression with the character that is wrong and a suggestion. With `url`, the first 10 runs say what else of the "
            + "tenant is due at its scheme, host and port within the minute around each (`alsoDue`), as far as 10,000 timers tell; runs of "
            + "schedules are timers only a minute before they are due.")
        .Accepts<SchedulePreviewRequest>("application/json")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .Produces<SchedulePreviewResource>()
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<JsonAnswer<SchedulePreviewResource>, ProblemHttpResult>> PreviewAsync(
        HttpContext context, IWebhookReader webhooks, IDestinationLoads loads, ScheduleZones zones, ScheduleCalendars calendars,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var errors = new FieldErrors();
        var request = await JsonBody.ReadObjectAsync(
            context.Request, errors, json => SchedulePreviewRequest.From(json, webhooks, errors), cancellationToken);
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

        var preview = SchedulePreviewResource.From(times.Zone, zones.Version, runs, request);
        if (request.Url is { } url)
        {
            var counted = await LoadAround.CountAsync(
                loads, context.Tenant(), new Uri(url), preview.Runs.Take(MaxLoads).Select(run => run.At), MaxRows, cancellationToken);
            preview = preview with
            {
                Runs = [.. preview.Runs.Select((run, i) => i < counted.Count ? run with { AlsoDue = counted[i] } : run)],
            };
        }

        return new JsonAnswer<SchedulePreviewResource>(preview, ScheduleResourcesJson.Http.SchedulePreviewResource);
    }
}
