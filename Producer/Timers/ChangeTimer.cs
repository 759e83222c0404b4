using System.Text.Json;
using Contracts.Storage;
using Contracts.Timers;
using FluentValidation;
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
            "A JSON merge patch of the timer's fields: absent fields stay, null sets the default; objects and lists are replaced "
            + "as a whole. 409 if it is being fired or has finished, 412 if If-Match names another version.")
        .Accepts<TimerChange>("application/json", "application/merge-patch+json")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .ProducesControl()
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<JsonAnswer<TimerResource>, ProblemHttpResult>> HandleAsync(
        string id, HttpContext context, TimerChangeValidator validator, TimerControl control, IStoreClock clock,
        CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json or application/merge-patch+json");
        }

        var errors = new FieldErrors();
        if (TimerRules.IdProblem(id) is { } reason)
        {
            errors.Add("id", reason);
        }

        var change = await ReadAsync(context.Request, validator, errors, cancellationToken);
        return change is null || errors.Any
            ? Problems.Invalid(errors)
            : await ControlEndpoint.RunAsync(id, context, control, clock, row => Decide(row, change, clock.Latest), cancellationToken);
    }

    public static Decision Decide(TimerRecord row, TimerChange change, DateTimeOffset now)
    {
        if (row.State is TimerState.Armed or TimerState.Sending)
        {
            return Decision.Refuse(Decision.Firing);
        }

        if (row.State == TimerState.Ambiguous)
        {
            return Decision.Refuse("It is ambiguous: replay it or cancel it.");
        }

        if (row.State is not (TimerState.Scheduled or TimerState.Paused))
        {
            return Decision.Finished(row.State);
        }

        var changed = row with { Spec = change.ApplyTo(row.Spec), Version = row.Version + 1 };
        return new Decision(change.DueAt is null && change.Delay is null
            ? changed
            : changed.PromisedFor(change.DueFrom(now)));
    }

    private static Task<TimerChange?> ReadAsync(
        HttpRequest request, TimerChangeValidator validator, FieldErrors errors, CancellationToken cancellationToken) =>
        JsonBody.ReadObjectAsync(
            request,
            errors,
            json =>
            {
                var change = TimerChange.From(json, errors);
                validator.Validate(change, errors);
                if (change.DueAt is not null && change.Delay is not null)
                {
                    errors.Add("dueAt", "and delay exclude each other: give one");
                }

                return change;
            },
            cancellationToken);
}

/// <summary>Fields of a timer to be changed; absent ones stay, null sets the default.</summary>
internal sealed class TimerChange : TimerRequest
{
    /// <summary>Once read, a field cannot be distinguished from its default, so the names are kept.</summary>
    private readonly HashSet<string> given = new(StringComparer.Ordinal);

    public static new TimerChange From(JsonElement json, FieldErrors errors)
    {
        var change = new TimerChange();
        foreach (var field in json.EnumerateObject())
        {
            if (field.Name == "id")
            {
                errors.Add("id", "cannot be changed");
            }
            else if (field.Name is "url" or "dueAt" or "delay" && field.Value.ValueKind == JsonValueKind.Null)
            {
                errors.Add(field.Name, "has no default to be set to");
            }
            else
            {
                change.ReadField(field, errors);
                change.given.Add(field.Name);
            }
        }

        if (change.given.Count == 0 && !errors.Any)
        {
            errors.Add("$", "must change something");
        }

        return change;
    }

    public TimerSpec ApplyTo(TimerSpec spec) => spec with
    {
        Url = Url is null ? spec.Url : WebAddress.Target(Url),
        Method = given.Contains("method") ? Method ?? "POST" : spec.Method,
        Headers = given.Contains("headers") ? Headers is { Count: > 0 } ? Headers : null : spec.Headers,
        Body = given.Contains("body") ? Body : spec.Body,
        Retry = given.Contains("retry") ? Retry?.ToPolicy() : spec.Retry,
        OnAmbiguous = given.Contains("onAmbiguous") ? ToAmbiguousPolicy(OnAmbiguous) : spec.OnAmbiguous,
        Timeout = given.Contains("timeout") ? Timeout : spec.Timeout,
        Tags = given.Contains("tags") ? Tags is { Count: > 0 } ? [.. Tags.Distinct(StringComparer.Ordinal)] : null : spec.Tags,
        Metadata = given.Contains("metadata") ? Metadata : spec.Metadata,
    };
}

/// <summary>The rules for changed fields.</summary>
internal sealed class TimerChangeValidator : FieldValidator<TimerChange>
{
    public TimerChangeValidator(IStoreClock clock, WebTargets targets)
    {
        Check(change => change.Url, targets.Problem);
        Check(change => change.DueAt, dueAt => TimerRules.DueProblem(dueAt, clock.Now));
        Check(change => change.Delay, delay => TimerRules.DelayProblem(delay, clock.Now));
        this.CheckContent();
    }
}
