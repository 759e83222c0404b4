using Contracts.Schedules;
using Contracts.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>POST /schedules/{name}/replay and /backfill: past runs, at a rate; DELETE /schedules/{name}/backfill ends it.</summary>
internal static class BackfillSchedule
{
    private const int MaxRequestBytes = 64 * 1024;
    private const string Busy = "Another replay or backfill goes on: wait for its end, or stop it.";

    public static void MapBackfillSchedule(this IEndpointRouteBuilder schedules)
    {
        Map("replay", "replaySchedule", "Replay skipped runs",
            "Makes the skipped runs in `missed` that are scheduled from `from` to `to`, both included; without them all up to now. They "
                + "come at once, at most `perMinute` of them a minute, and do not count toward `maxRuns`. Each keeps its id: what is "
                + "replayed twice is made once. `backfill` says how far it is.",
            isReplay: true);
        Map("backfill", "backfillSchedule", "Run a past range",
            "Makes the runs that the present times name from `from` to `to`, both included, which may lie before the schedule was created. "
                + "What it has run itself since its times were put is left out, and what it has skipped is made. Otherwise like a replay.",
            isReplay: false);
        schedules.MapDelete("/{name}/backfill", StopAsync)
            .WithName("stopBackfill")
            .WithSummary("Stop a replay or backfill")
            .WithDescription("What was made comes; nothing more is made. One that has ended stays as it is.")
            .ProducesCommand();

        void Map(string path, string id, string summary, string description, bool isReplay) => schedules
            .MapPost(
                $"/{{name}}/{path}",
                (string name, HttpContext context, ScheduleControl control, SchedulePlanner planner, IStoreClock clock,
                    CancellationToken cancellationToken) => StartAsync(name, context, control, planner, clock, isReplay, cancellationToken))
            .WithName(id).WithSummary(summary).WithDescription(description)
            .Accepts(
                isReplay ? typeof(ScheduleReplayRequest) : typeof(ScheduleBackfillRequest), isOptional: isReplay, "application/json")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesCommand();
    }

    private static async Task<Results<JsonAnswer<ScheduleResource>, ProblemHttpResult>> StartAsync(
        string name, HttpContext context, ScheduleControl control, SchedulePlanner planner, IStoreClock clock, bool isReplay,
        CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var (errors, now) = (new FieldErrors(), clock.Now);
        var isEmpty = context.Request.ContentLength is 0 or null && context.Request.Headers.TransferEncoding.Count == 0;
        var request = isReplay && isEmpty ? new ScheduleBackfillRequest()
            : await JsonBody.ReadObjectAsync(
                context.Request, errors, json => ScheduleBackfillRequest.Parse(json, isReplay, now, errors), cancellationToken);
        if (SchedulePath.Problem(name) is { } problem)
        {
            errors.Add("name", problem);
        }

        return request is null || errors.Any ? Problems.Invalid(errors)
            : await ControlSchedules.RunAsync(name, context, control, Decide, cancellationToken);

        ScheduleDecision Decide(ScheduleRecord record)
        {
            var (to, perMinute) = (request.To ?? now, request.PerMinute ?? SchedulePlanner.DefaultPerMinute);
            var from = request.From ?? record.Progress.Missed.Select(each => each.First).Append(to).Min();
            return record.Progress.Backfill switch
            {
                { EndedAt: null } going when going.IsReplay == isReplay && going.PerMinute == perMinute
                    && going.From == (request.From ?? going.From) && going.To == (request.To ?? going.To) => new ScheduleDecision(record),
                { EndedAt: null } => ControlSchedules.Refused(record, Busy),
                _ => new ScheduleDecision(planner.Backfill(record, from, to, perMinute, isReplay, clock.Now)),
            };
        }
    }

    private static Task<Results<JsonAnswer<ScheduleResource>, ProblemHttpResult>> StopAsync(
        string name, HttpContext context, ScheduleControl control, SchedulePlanner planner, IStoreClock clock,
        CancellationToken cancellationToken) => ControlSchedules.RunAsync(
            name,
            context,
            control,
            record => new ScheduleDecision(
                record.Progress.Backfill is { EndedAt: null } ? planner.StopBackfill(record, clock.Now) : record),
            cancellationToken);
}
