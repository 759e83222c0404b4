using Contracts.Common;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>POST /timers/{id}/replay: retries a failed, expired or ambiguous timer now.</summary>
internal static class ReplayTimer
{
    private const int MaxRequestBytes = 16 * 1024;

    public static void MapReplayTimer(this IEndpointRouteBuilder timers) => timers.MapPost("/{id}/replay", HandleAsync)
        .WithName("replayTimer")
        .WithSummary("Replay a failed timer")
        .WithDescription(
            "Retries a failed, expired or ambiguous timer now, with all its retries; dueAt and webhook-id stay the same, attempt numbers "
            + "continue. One whose expiry has passed is refused (400) unless the request gives a new `expiresAt` or `maxAge`, or null "
            + "for none.")
        .Accepts<TimerReplay>(isOptional: true, "application/json")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .ProducesControl()
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    /// <param name="row">The timer.</param>
    /// <param name="expiry">A new expiry, if one is given.</param>
    /// <param name="now">A lower bound of the store's time.</param>
    public static Decision Decide(TimerRecord row, TimerReplay expiry, DateTimeOffset now)
    {
        if (row.State is not (TimerState.Failed or TimerState.Expired or TimerState.Ambiguous))
        {
            return Decision.Refuse(TimerLifecycle.IsClaimed(row.State) ? Decision.Firing
                : $"Only failed, expired and ambiguous timers are replayed; it is {TimerResource.StateName(row.State)}.");
        }

        var replayed = row with
        {
            State = TimerState.Scheduled,
            NextAt = Instants.CeilingToMilliseconds(now),
            AttemptsBeforeReplay = row.Attempts,
            Claim = null,
            Pending = PendingCommand.None,
            Spec = expiry.ApplyTo(row.Spec),
            Version = row.Version + 1,
        };
        replayed = replayed.Expiring();
        if (!replayed.HasExpired(now))
        {
            return new Decision(replayed);
        }

        var errors = new FieldErrors();
        errors.Add(
            replayed.Spec.MaxAge is null ? "expiresAt" : "maxAge",
            expiry.MaxAge is not null ? TimerRules.AgeOver
                : expiry.ExpiresAt is not null ? TimerRules.ExpiryPast
                : "has passed: give a new expiresAt, a longer maxAge, or null for none");
        return new Decision(Changed: null, Errors: errors);
    }

    private static async Task<Results<JsonAnswer<TimerResource>, ProblemHttpResult>> HandleAsync(
        string id, HttpContext context, TimerReplayValidator validator, TimerControl control, IStoreClock clock,
        CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var errors = new FieldErrors();
        var request = await validator.ReadAsync(context.Request, errors, cancellationToken);
        return request is null || errors.Any
            ? Problems.Invalid(errors)
            : await ControlEndpoint.RunAsync(id, context, control, clock, row => Decide(row, request, clock.Now), cancellationToken);
    }
}
