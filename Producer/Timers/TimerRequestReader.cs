using System.Text.Json;
using Contracts.Storage;
using Producer.Http;

namespace Producer.Timers;

/// <summary>Reads and validates requests for timers.</summary>
internal sealed class TimerRequestReader(TimerRequestValidator validator, IStoreClock clock)
{
    /// <summary>Reads the request's body. Null, or with errors, when it is not a valid timer.</summary>
    public Task<TimerRequest?> ReadAsync(HttpRequest request, FieldErrors errors, CancellationToken cancellationToken) =>
        JsonBody.ReadObjectAsync(request, errors, json => Read(json, errors), cancellationToken);

    /// <summary>Reads one JSON object.</summary>
    public TimerRequest Read(JsonElement json, FieldErrors errors)
    {
        var request = TimerRequest.From(json, errors);
        validator.Validate(request, errors);
        if (request.DueAt is null == request.Delay is null && !errors.Has("dueAt") && !errors.Has("delay"))
        {
            errors.Add("dueAt", request.DueAt is null ? "or delay is required" : "and delay exclude each other: give one");
        }

        CheckExpiry(request, errors);
        return request;
    }

    private void CheckExpiry(TimerRequest request, FieldErrors errors)
    {
        if (request is { ExpiresAt: not null, MaxAge: not null })
        {
            errors.Add("expiresAt", TimerRules.TwoExpiries);
        }
        else if ((request.DueAt is null != request.Delay is null)
            && !errors.Has("dueAt") && !errors.Has("delay") && !errors.Concern("expiresAt") && !errors.Concern("maxAge"))
        {
            var (now, due) = (clock.Now, request.DueFrom(clock.Latest));
            if (request.ExpiresAt <= due)
            {
                errors.Add("expiresAt", TimerRules.ExpiryBeforeDue);
            }
            else if (due + request.MaxAge <= now)
            {
                errors.Add("maxAge", TimerRules.AgeOver);
            }
        }
    }

    /// <summary>Whether a request would be good if its instants had not gone by: it may repeat an earlier one.</summary>
    public static bool IsLate(FieldErrors errors) =>
        errors.IsOnly(
        ("dueAt", [TimerRules.Past]), ("expiresAt", [TimerRules.ExpiryPast, TimerRules.ExpiryBeforeDue]),
        ("maxAge", [TimerRules.AgeOver]));

    /// <summary>What is wrong with an id beside an Idempotency-Key.</summary>
    public const string TwoKeys = "and Idempotency-Key are both keys: give one or the other";

    public static string? ReadIdempotencyKey(HttpRequest request, FieldErrors errors)
    {
        var header = request.Headers["Idempotency-Key"];
        if (header.Count == 0)
        {
            return null;
        }

        if (header is [{ } key] && TimerRules.IsIdempotencyKey(key))
        {
            return key;
        }

        errors.Add("Idempotency-Key", $"must be one value of 1 to {TimerRules.MaxIdempotencyKeyLength} visible ASCII characters");
        return null;
    }
}
