using System.Text.Json;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.AspNetCore.Http.Features;
using Producer.Http;

namespace Producer.Timers;

/// <summary>What a replay changes of a timer: its expiry, or nothing.</summary>
internal sealed class TimerReplay
{
    private bool isGiven;

    /// <summary>The expiry stays as it is.</summary>
    public static TimerReplay AsItIs { get; } = new();

    /// <summary>RFC 3339 instant from which on it is not sent, in the future; null for never. Default: as it is.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>The same as a duration from its due instant, which stays the same; null for never. Default: as it is.</summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>Reads a field of a request.</summary>
    /// <returns>False if it is not one of these.</returns>
    public bool TryRead(JsonProperty field, FieldErrors errors)
    {
        if (field.Name is not ("expiresAt" or "maxAge"))
        {
            return false;
        }

        isGiven = true;
        if (field.Value.ValueKind != JsonValueKind.Null)
        {
            if (field.Name == "expiresAt")
            {
                ExpiresAt = TimerRequest.Floor(Read.Instant(field.Value, field.Name, errors));
            }
            else
            {
                MaxAge = Read.Duration(field.Value, field.Name, errors);
            }
        }

        return true;
    }

    public TimerSpec ApplyTo(TimerSpec spec) => isGiven ? spec with { ExpiresAt = ExpiresAt, MaxAge = MaxAge } : spec;
}

/// <summary>Reads what a replay changes, and the rules for it.</summary>
internal sealed class TimerReplayValidator : FieldValidator<TimerReplay>
{
    public TimerReplayValidator(IStoreClock clock)
    {
        Check(replay => replay.ExpiresAt, end => TimerRules.ExpiryProblem(end, clock.Now));
        Check(replay => replay.MaxAge, age => TimerRules.MaxAgeProblem(age, clock.Now));
        CheckParts(replay => replay, TwoExpiries);
    }

    /// <summary>Reads a body, which need not be there.</summary>
    public async Task<TimerReplay?> ReadAsync(HttpRequest http, FieldErrors errors, CancellationToken cancellationToken)
    {
        if (http.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return TimerReplay.AsItIs;
        }

        return await JsonBody.ReadObjectAsync(
            http,
            errors,
            json =>
            {
                var replay = new TimerReplay();
                foreach (var field in json.EnumerateObject().Where(field => !replay.TryRead(field, errors)))
                {
                    errors.Add(field.Name, "is not a known field");
                }

                Validate(replay, errors);
                return replay;
            },
            cancellationToken);
    }

    private static IEnumerable<(string Field, string Reason)> TwoExpiries(TimerReplay replay) =>
        replay is { ExpiresAt: not null, MaxAge: not null } ? [("expiresAt", TimerRules.TwoExpiries)] : [];
}
