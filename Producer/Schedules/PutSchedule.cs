using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Schedules;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>PUT /schedules/{name}: creates a schedule, or changes it.</summary>
internal static class PutSchedule
{
    /// <summary>A body of 256 KiB may be six times as long as a JSON string, and calendars are long, too.</summary>
    public const int MaxRequestBytes = 4 * 1024 * 1024;

    public static void MapPutSchedule(this IEndpointRouteBuilder schedules) => schedules.MapPut("/{name}", HandleAsync)
        .WithName("putSchedule")
        .WithSummary("Create or change a schedule")
        .WithDescription(
            "Give one of `cron`, `rrule`, `every` and `at`, and the webhook as a timer has it. What is missing has its default. Sending "
            + "the "
            + "same again changes nothing, neither the next run nor a counter. With other content, runs that are scheduled from two "
            + "seconds ahead on are withdrawn and made anew; with other times, what the former ones missed is forgotten. Credentials are "
            + "shown as `********`, and `********` keeps what it stands for, unless `url` has another scheme, host or port. A schedule "
            + "that never runs is refused.")
        .Accepts<ScheduleRequest>("application/json")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .Produces<ScheduleResource>()
        .Produces<ScheduleResource>(StatusCodes.Status201Created)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<JsonAnswer<ScheduleResource>, ProblemHttpResult>> HandleAsync(
        string name, HttpContext context, IWebhookReader webhooks, ScheduleZones zones, ScheduleCalendars calendars,
        SchedulePutting putting, ScheduleControl control, IStoreClock clock, CancellationToken cancellationToken)
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
            context.Request, errors, json => ScheduleRequest.From(json, webhooks, errors), cancellationToken);
        if (request is null)
        {
            return Problems.Invalid(errors);
        }

        var tenant = context.Tenant();
        var named = await calendars.FindAsync(tenant, request.ToWhen().SharedCalendars, cancellationToken);
        request.ReadTimes(clock.Now, zones, named, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var definition = request.ToDefinition();
        if (versions is null && context.Request.Headers.IfMatch.Count > 0
            && await control.FindAsync(tenant, name, cancellationToken) is null)
        {
            return Problems.PreconditionFailed($"There is no schedule '{name}'.");
        }

        var change = await control.RunAsync(
            tenant, name, versions, before => putting.Decide(tenant, name, before, definition, named), cancellationToken);
        return change.Problem is not null ? change.Problem : await control.AnswerAsync(context, change, cancellationToken);
    }
}

/// <summary>Decides what becomes of a schedule that is put.</summary>
internal sealed class SchedulePutting(SchedulePlanner planner, ScheduleTimers timers, ITimerSealer sealer, IStoreClock clock)
{
    private const string Masked = $"is masked ({SensitiveParts.Mask}): give the value itself";

    public ScheduleDecision Decide(
        string tenant, string name, ScheduleRecord? before, ScheduleDefinition put, IReadOnlyList<CalendarRecord> calendars)
    {
        var old = before is null ? null : timers.Open(before);
        var errors = new FieldErrors();
        var whole = put with { Webhook = Unmasked(put.Webhook, old, isThere: before is not null, errors) };
        if (errors.Any)
        {
            return new ScheduleDecision(before, Problems.Invalid(errors));
        }

        if (old is not null && ScheduleText.Of(whole).AsSpan().SequenceEqual(ScheduleText.Of(before!.Definition with { Webhook = old })))
        {
            return new ScheduleDecision(before);
        }

        var kept = whole with { Webhook = sealer.Seal(tenant, ScheduleKeys.Of(tenant, name), whole.Webhook) };
        var after = before is null
            ? planner.Create(tenant, name, kept, clock.Now, out var fault, calendars)
            : planner.Change(before with { Calendars = calendars }, kept, clock.Now, out fault);
        return fault is null ? new ScheduleDecision(after) : new ScheduleDecision(before, Problems.Invalid(fault.Field, fault.Text));
    }

    private static TimerSpec Unmasked(TimerSpec put, TimerSpec? old, bool isThere, FieldErrors errors)
    {
        if (!SensitiveParts.HasMasks(put))
        {
            return put;
        }

        if (old is null)
        {
            var reason = isThere ? "cannot be kept, as it cannot be decrypted: give the headers and the address without masks" : Masked;
            if (SensitiveParts.IsMasked(put.Url.OriginalString))
            {
                errors.Add("url", reason);
            }

            foreach (var header in (put.Headers ?? new Dictionary<string, string>()).Where(header => header.Value == SensitiveParts.Mask))
            {
                errors.Add($"headers.{header.Key}", reason);
            }

            return put;
        }

        var (whole, missing) = SensitiveParts.Restored(old, put);
        foreach (var (member, reason) in missing)
        {
            errors.Add(member, reason);
        }

        if (!SensitiveParts.HaveOneReceiver(old, put))
        {
            errors.Add(
                "url", "leads to another receiver, which must not get what is masked: give the headers and the address without masks");
        }

        return whole;
    }
}
