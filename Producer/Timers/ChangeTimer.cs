using System.Text.Json;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Timers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>PATCH /timers/{id}: reschedules or changes a timer that has not been fired.</summary>
internal static class ChangeTimer
{
    private const int MaxRequestBytes = 2 * 1024 * 1024;

    public static IServiceCollection AddChangeTimer(this IServiceCollection services) => services
        .AddSingleton<TimerControl>()
        .AddSingleton<TimerChangeValidator>();

    public static void MapChangeTimer(this IEndpointRouteBuilder timers) => timers.MapPatch("/{id}", HandleAsync)
        .WithName("changeTimer")
        .WithSummary("Reschedule or change a timer")
        .WithDescription(
            "A JSON merge patch (RFC 7396) of the timer's fields: absent members stay, null removes or sets the default, objects "
            + "merge, lists are replaced. In `retry`, `delays` takes the place of `attempts`, `firstDelay`, `factor` and `maximum`, and "
            + "the other way round. `********` keeps what it stands for, unless the timer shall call another scheme, host or port. A timer "
            + "whose "
            + "attempt has failed gets a new `webhook-id` with a new `body` or instant. 409 if it is being fired or has finished, 412 if "
            + "If-Match names another version.")
        .Accepts<TimerChange>(MergePatch.Type, "application/json", SeedTimers.AnyType)
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .ProducesControl()
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<JsonAnswer<TimerResource>, ProblemHttpResult>> HandleAsync(
        string id, HttpContext context, TimerChangeValidator validator, TimerControl control, TimerSecrets secrets, IStoreClock clock,
        CancellationToken cancellationToken)
    {
        if (!MergePatch.IsAccepted(context))
        {
            return Problems.UnsupportedMediaType($"{MergePatch.Type} or application/json");
        }

        var errors = new FieldErrors();
        if (TimerRules.IdProblem(id) is { } reason)
        {
            errors.Add("id", reason);
        }

        // First as if there were nothing to merge with: what is wrong with every timer is told even if there is none.
        var patch = await JsonBody.ReadObjectAsync(
            context.Request,
            errors,
            json =>
            {
                validator.Read(json, null, errors);
                return new Patch(json.Clone());
            },
            cancellationToken);
        if (patch is not null && !errors.Any)
        {
            return await ControlEndpoint.RunAsync(
                id, context, control, clock, row => Decide(row, patch.Json, validator, secrets, clock.Latest), cancellationToken);
        }

        // Whether a mask can be kept depends on the timer. Only then is it read, as nothing of this can be done.
        if (patch is not null && !errors.Has("id") && MayHaveMasks(patch.Json)
            && await control.FindAsync(new TimerAddress(context.Tenant(), TimerKey.FromId(context.Tenant(), id)), cancellationToken)
                is { } row
            && Decide(row, patch.Json, validator, secrets, clock.Latest).Errors is { } merged)
        {
            merged.AddMissing(errors);
            return Problems.Invalid(merged);
        }

        return Problems.Invalid(errors);
    }

    private static bool MayHaveMasks(JsonElement patch) =>
        (patch.TryGetProperty("url", out var url) && SensitiveParts.IsMasked(url.GetRawText()))
        || (patch.TryGetProperty("headers", out var headers) && SensitiveParts.IsMasked(headers.GetRawText()));

    private static Decision Decide(
        TimerRecord row, JsonElement patch, TimerChangeValidator validator, TimerSecrets secrets, DateTimeOffset now)
    {
        if (Refusal(row) is { } refusal)
        {
            return refusal;
        }

        var errors = new FieldErrors();

        // Merged with what the client has seen of it.
        var shown = SensitiveParts.Masked(row.Spec);
        var change = validator.Read(patch, shown, errors);
        if (errors.Has("url"))
        {
            // It names no receiver; the headers are judged all the same.
            change.Url = null;
        }

        // Other members with errors have no meaning.
        var changed = errors.Any ? change.ApplyTargetTo(shown) : change.ApplyTo(shown);
        var spec = KeptSecrets.Apply(row, shown, changed, secrets, errors);
        return errors.Any ? new Decision(Changed: null, Errors: errors)
            : change.IsEmpty ? Decision.Nothing : Decide(row, change, spec, now);
    }

    /// <summary>Why a timer's content cannot be changed now; null if it can.</summary>
    public static Decision? Refusal(TimerRecord row) => row.State switch
    {
        TimerState.Armed or TimerState.Sending => Decision.Refuse(Decision.Firing),
        TimerState.Ambiguous => Decision.Refuse("It is ambiguous: replay it or cancel it."),
        not (TimerState.Scheduled or TimerState.Paused) => Decision.Finished(row.State),
        _ => null,
    };

    /// <summary>What a change means that touches no credentials.</summary>
    public static Decision Decide(TimerRecord row, TimerChange change, DateTimeOffset now) =>
        Decide(row, change, change.ApplyTo(row.Spec), now);

    private static Decision Decide(TimerRecord row, TimerChange change, TimerSpec spec, DateTimeOffset now)
    {
        if (Refusal(row) is { } refusal)
        {
            return refusal;
        }

        var changed = row with { Spec = spec, Version = row.Version + 1 };
        if (change.DueAt is null && change.Delay is null)
        {
            changed = (changed.Spec.Body == row.Spec.Body ? changed : changed.Renewed()).Expiring();
        }
        else
        {
            changed = changed.PromisedFor(change.DueFrom(now)) with { Spec = spec with { TouchDelay = change.Delay ?? row.OwnDelay } };
        }

        return ExpiryProblem(row, changed, change, now) is { } errors ? new Decision(Changed: null, Errors: errors) : new Decision(changed);
    }

    /// <summary>What is wrong with an expiry that leaves no time for the timer; null if there is some, or nothing changed it.</summary>
    private static FieldErrors? ExpiryProblem(TimerRecord row, TimerRecord changed, TimerChange change, DateTimeOffset now)
    {
        if ((changed.ExpiresAt, changed.DueAt) == (row.ExpiresAt, row.DueAt)
            || !(changed.HasExpired(now) || changed.HasExpired(changed.DueAt)))
        {
            return null;
        }

        var errors = new FieldErrors();
        if (change.ExpiresAt is not null)
        {
            errors.Add("expiresAt", TimerRules.ExpiryBeforeDue);
        }
        else if (changed.Spec.MaxAge is not null)
        {
            errors.Add(change.MaxAge is null ? "dueAt" : "maxAge", TimerRules.AgeOver);
        }
        else
        {
            errors.Add(change.DueAt is null ? "delay" : "dueAt", "must be earlier than expiresAt");
        }

        return errors;
    }

    private sealed record Patch(JsonElement Json);
}
