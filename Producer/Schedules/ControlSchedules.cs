using System.Text.Json;
using Contracts.Access;
using Contracts.Schedules;
using Contracts.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>Commands on a schedule: pause, resume, run, skip and delete.</summary>
internal static class ControlSchedules
{
    private const int MaxRequestBytes = 64 * 1024;
    private const string Never = "It never runs again.";

    public static void MapControlSchedules(this IEndpointRouteBuilder schedules)
    {
        schedules.MapPost("/{name}/pause", PauseAsync)
            .WithName("pauseSchedule")
            .WithSummary("Pause a schedule")
            .WithDescription(
                "Runs that are scheduled from two seconds ahead on are withdrawn. With `until` it resumes by itself; `reason` is shown. A "
                + "paused schedule takes the new reason and end.")
            .Accepts<SchedulePauseRequest>(isOptional: true, "application/json")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesCommand();
        Map("resume", "resumeSchedule", "Resume a schedule",
            "It goes on with its times as they are. What was scheduled meanwhile it has missed: `misfire` says what becomes of that. One "
                + "that is active stays as it is.",
            (planner, record, now) => record.Progress.State switch
            {
                ScheduleState.Finished => Refused(record, Never),
                ScheduleState.Paused => new ScheduleDecision(planner.Resume(record, now)),
                _ => new ScheduleDecision(record),
            });
        Map("run", "runSchedule", "Run a schedule now",
            "One more run, apart from what the schedule names; it does not count toward `maxRuns`, and waits for no other. Also "
                + "of one that is paused or finished. Repeated, it runs again.",
            (planner, record, now) => new ScheduleDecision(planner.RunNow(record, now)));
        Map("skip", "skipSchedule", "Skip a schedule's next run",
            "The next run from two seconds ahead on. It is counted as skipped when its instant comes near. Repeated, the run behind it is "
                + "skipped, too.",
            (planner, record, now) => planner.SkipNext(record, now) is { } after ? new ScheduleDecision(after)
                : Refused(record, record.Progress.State == ScheduleState.Paused ? "It is paused, and has no next run." : Never));
        schedules.MapDelete("/{name}", DeleteAsync)
            .WithName("deleteSchedule")
            .WithSummary("Delete a schedule")
            .WithDescription("Runs that are not sent yet are withdrawn; one that is being sent or retried goes on as the timer it is.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);

        void Map(
            string command, string id, string summary, string description,
            Func<SchedulePlanner, ScheduleRecord, DateTimeOffset, ScheduleDecision> decide) => schedules
            .MapPost(
                $"/{{name}}/{command}",
                (string name, HttpContext context, ScheduleControl control, SchedulePlanner planner, IStoreClock clock,
                    CancellationToken cancellationToken) =>
                    RunAsync(name, context, control, record => decide(planner, record, clock.Now), cancellationToken))
            .WithName(id).WithSummary(summary).WithDescription(description).ProducesCommand();
    }

    public static RouteHandlerBuilder ProducesCommand(this RouteHandlerBuilder endpoint) => endpoint
        .Needs(KeyVerb.Control)
        .Produces<ScheduleResource>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<Results<JsonAnswer<ScheduleResource>, ProblemHttpResult>> PauseAsync(
        string name, HttpContext context, ScheduleControl control, SchedulePlanner planner, IStoreClock clock,
        CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var errors = new FieldErrors();
        var request = context.Request.ContentLength is 0 or null && context.Request.Headers.TransferEncoding.Count == 0
            ? new SchedulePauseRequest()
            : await JsonBody.ReadObjectAsync(
                context.Request, errors, json => SchedulePauseRequest.From(json, clock.Now, errors), cancellationToken);
        if (SchedulePath.Problem(name) is { } problem)
        {
            errors.Add("name", problem);
        }

        return request is null || errors.Any ? Problems.Invalid(errors)
            : await RunAsync(name, context, control, Decide, cancellationToken);

        ScheduleDecision Decide(ScheduleRecord record) => record.Progress switch
        {
            { State: ScheduleState.Finished } => Refused(record, Never),
            { State: ScheduleState.Paused } progress when progress.PauseReason == request.Reason && progress.PausedUntil == request.Until =>
                new ScheduleDecision(record),
            _ => new ScheduleDecision(planner.Pause(record, request.Reason, request.Until, clock.Now)),
        };
    }

    /// <summary>Runs a command on a schedule that is there, and answers with what it became.</summary>
    public static async Task<Results<JsonAnswer<ScheduleResource>, ProblemHttpResult>> RunAsync(
        string name, HttpContext context, ScheduleControl control, Func<ScheduleRecord, ScheduleDecision> decide,
        CancellationToken cancellationToken)
    {
        var change = await ExecuteAsync(name, context, control, decide, cancellationToken);
        return change.Problem is not null ? change.Problem : await control.AnswerAsync(context, change, cancellationToken);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string name, HttpContext context, ScheduleControl control, IStoreClock clock, CancellationToken cancellationToken)
    {
        var change = await ExecuteAsync(
            name, context, control, record => new ScheduleDecision(SchedulePlanner.Delete(record, clock.Now)), cancellationToken);
        if (change.Problem is not null)
        {
            return change.Problem;
        }

        ScheduleControl.Note(context, change);
        return TypedResults.NoContent();
    }

    private static async Task<ScheduleChange> ExecuteAsync(
        string name, HttpContext context, ScheduleControl control, Func<ScheduleRecord, ScheduleDecision> decide,
        CancellationToken cancellationToken)
    {
        if (SchedulePath.Problem(name) is { } problem)
        {
            return new ScheduleChange(null, null, Problems.Invalid("name", problem));
        }

        if (!EntityTags.TryReadIfMatch(context.Request, out var versions))
        {
            return new ScheduleChange(null, null, Problems.Invalid("If-Match", "must be * or a list of quoted entity tags"));
        }

        var tenant = context.Tenant();
        var change = await control.RunAsync(
            tenant, name, versions,
            record => record is null ? new ScheduleDecision(null, SchedulePath.NotFound(name)) : decide(record), cancellationToken);
        return change.Before is null ? change with { Problem = SchedulePath.NotFound(name) } : change;
    }

    /// <summary>409, and why.</summary>
    public static ScheduleDecision Refused(ScheduleRecord record, string why) =>
        new(record, Problems.Conflict("The schedule is not in a state for that.", why));
}

/// <summary>How a schedule is paused.</summary>
internal sealed class SchedulePauseRequest
{
    public const int MaxReasonLength = 500;

    /// <summary>Why, for people; up to 500 characters.</summary>
    public string? Reason { get; set; }

    /// <summary>When it resumes by itself; default: not by itself.</summary>
    public DateTimeOffset? Until { get; set; }

    public static SchedulePauseRequest From(JsonElement json, DateTimeOffset now, FieldErrors errors)
    {
        var request = new SchedulePauseRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "reason": request.Reason = Read.Text(field.Value, "reason", errors); break;
                case "until": request.Until = Read.Instant(field.Value, "until", errors); break;
                default: errors.Add(field.Name, "is not a known field; known are reason, until"); break;
            }
        }

        if (request.Reason is { Length: 0 or > MaxReasonLength })
        {
            errors.Add("reason", $"must have 1 to {MaxReasonLength} characters");
        }

        if (request.Until is { } until)
        {
            if (until.UtcDateTime.Year > ScheduleReader.MaxYear)
            {
                errors.Add("until", ScheduleReader.Years);
            }
            else if (until <= now)
            {
                errors.Add("until", "must lie ahead");
            }
            else
            {
                request.Until = Contracts.Common.Instants.CeilingToMilliseconds(until);
            }
        }

        return request;
    }
}
