using System.Text.Json;
using Contracts.Storage;
using Contracts.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>Fields of a timer to be changed; absent ones stay, null sets the default.</summary>
internal sealed class TimerChange : TimerRequest
{
    /// <summary>Once read, a field cannot be distinguished from its default, so the names are kept.</summary>
    private readonly HashSet<string> given = new(StringComparer.Ordinal);

    /// <summary>Whether it changes nothing.</summary>
    public bool IsEmpty => given.Count == 0;

    /// <summary>Reads a merge patch: each member that it names becomes what it makes of the timer's.</summary>
    /// <param name="patch">The members of an object.</param>
    /// <param name="spec">What it is merged with; null for nothing.</param>
    /// <param name="errors">What is wrong.</param>
    public static TimerChange From(IEnumerable<JsonProperty> patch, TimerSpec? spec, FieldErrors errors)
    {
        var change = new TimerChange();
        foreach (var field in patch)
        {
            if (field.Name == "id")
            {
                errors.Add("id", "cannot be changed");
            }
            else if (field.Name == "onConflict")
            {
                errors.Add("onConflict", "is only for creating a timer");
            }
            else if (field.Name is "url" or "dueAt" or "delay" && field.Value.ValueKind == JsonValueKind.Null)
            {
                errors.Add(field.Name, "has no default to be set to");
            }
            else
            {
                change.Merge(field, spec, errors);
                change.given.Add(field.Name);
            }
        }

        return change;
    }

    public TimerSpec ApplyTo(TimerSpec spec) => ApplyTargetTo(spec) with
    {
        Method = given.Contains("method") ? Method ?? "POST" : spec.Method,
        Body = given.Contains("body") ? Body : spec.Body,
        Retry = given.Contains("retry") ? Retry?.ToPolicy() : spec.Retry,
        OnAmbiguous = given.Contains("onAmbiguous") ? ToAmbiguousPolicy(OnAmbiguous) : spec.OnAmbiguous,
        Timeout = given.Contains("timeout") ? Timeout : spec.Timeout,
        MaxDelay = given.Contains("maxDelay") ? MaxDelay : spec.MaxDelay,

        // One takes the place of the other.
        ExpiresAt = given.Contains("expiresAt") ? ExpiresAt : MaxAge is null ? spec.ExpiresAt : null,
        MaxAge = given.Contains("maxAge") ? MaxAge : ExpiresAt is null ? spec.MaxAge : null,
        Tags = given.Contains("tags") ? Tags is { Count: > 0 } ? [.. Tags.Distinct(StringComparer.Ordinal)] : null : spec.Tags,
        Metadata = given.Contains("metadata") ? Metadata : spec.Metadata,
    };

    /// <summary>Where to send it, and with which headers: all that may have masks.</summary>
    public TimerSpec ApplyTargetTo(TimerSpec spec) => spec with
    {
        Url = Url is null ? spec.Url : WebAddress.Target(Url),
        Headers = given.Contains("headers") ? Headers is { Count: > 0 } ? Headers : null : spec.Headers,
    };

    private void Merge(JsonProperty field, TimerSpec? spec, FieldErrors errors)
    {
        if (field.Value.ValueKind != JsonValueKind.Object || field.Name is "delay" or "timeout" or "maxDelay" or "maxAge")
        {
            ReadField(field.Name, field.Value, errors);
            return;
        }

        using var old = spec is null ? null : OldOf(field, spec);
        using var merged = JsonDocument.Parse(MergePatch.Apply(old?.RootElement, field.Value));
        ReadField(field.Name, merged.RootElement, errors);
    }

    /// <summary>What a member is merged with, in the form of requests; null for nothing.</summary>
    private static JsonDocument? OldOf(JsonProperty field, TimerSpec spec) => field.Name switch
    {
        "headers" when spec.Headers is { } headers => JsonSerializer.SerializeToDocument(
            Unrenamed(headers, field.Value), TimerResourcesJson.Default.IReadOnlyDictionaryStringString),
        "body" when spec.Body is { IsJson: true } body => JsonDocument.Parse(body.Utf8),
        "metadata" when spec.Metadata is { IsJson: true } metadata => JsonDocument.Parse(metadata.Utf8),
        "retry" when spec.Retry is { } retry => JsonSerializer.SerializeToDocument(
            RetryRequest.From(retry, field.Value), TimerResourcesJson.Default.RetryRequest),
        _ => null,
    };

    /// <summary>A header of the patch is the same in another case.</summary>
    private static Dictionary<string, string> Unrenamed(IReadOnlyDictionary<string, string> headers, JsonElement patch)
    {
        var named = patch.EnumerateObject().Select(header => header.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return headers.Where(header => !named.Contains(header.Key)).ToDictionary(header => header.Key, header => header.Value);
    }
}

/// <summary>The rules for changed fields.</summary>
internal sealed class TimerChangeValidator : FieldValidator<TimerChange>
{
    public TimerChangeValidator(IStoreClock clock, WebTargets targets)
    {
        Check(change => change.Url, targets.Problem);
        Check(change => change.DueAt, dueAt => TimerRules.DueProblem(dueAt, clock.Now));
        Check(change => change.Delay, delay => TimerRules.DelayProblem(delay, clock.Now));
        Check(change => change.MaxDelay, delay => TimerRules.MaxDelayProblem(delay, clock.Now));
        Check(change => change.ExpiresAt, end => TimerRules.ExpiryProblem(end, clock.Now));
        Check(change => change.MaxAge, age => TimerRules.MaxAgeProblem(age, clock.Now));
        this.CheckContent();
    }

    /// <summary>Reads and checks a merge patch.</summary>
    /// <param name="patch">An object.</param>
    /// <param name="spec">What it is merged with; null for nothing.</param>
    /// <param name="errors">What is wrong.</param>
    public TimerChange Read(JsonElement patch, TimerSpec? spec, FieldErrors errors)
    {
        var change = TimerChange.From(patch.EnumerateObject(), spec, errors);
        Validate(change, errors);
        if (change.DueAt is not null && change.Delay is not null)
        {
            errors.Add("dueAt", "and delay exclude each other: give one");
        }

        if (change.ExpiresAt is not null && change.MaxAge is not null)
        {
            errors.Add("expiresAt", TimerRules.TwoExpiries);
        }

        return change;
    }
}
