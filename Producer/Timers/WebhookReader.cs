using System.Text.Json;
using Contracts.Storage;
using Contracts.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>Reads webhooks for slices that make timers, by the rules for timers.</summary>
internal sealed class WebhookReader(WebhookValidator validator, TimerChangeValidator changes) : IWebhookReader
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "url", "method", "headers", "body", "retry", "onAmbiguous", "timeout", "tags", "metadata", "maxAge", "expiresAt",
    };

    public IReadOnlyCollection<string> Fields => Names;

    public TimerSpec? Read(JsonElement request, Action<string, string> refuse)
    {
        var errors = new FieldErrors();
        var read = TimerRequest.From(Named(request), errors);
        validator.Validate(read, errors);
        RefuseInstant(read, errors);
        return errors.Any ? Refused(errors, refuse) : read.ToSpec(ownId: null);
    }

    public TimerSpec? Change(JsonElement patch, TimerSpec webhook, Action<string, string> refuse)
    {
        var errors = new FieldErrors();
        var change = TimerChange.From(Named(patch), webhook, errors);
        changes.Validate(change, errors);
        RefuseInstant(change, errors);
        return errors.Any ? Refused(errors, refuse) : change.ApplyTo(webhook);
    }

    /// <summary>One instant for all that is made: behind it nothing could be sent any more.</summary>
    private static void RefuseInstant(TimerRequest request, FieldErrors errors)
    {
        if (request.ExpiresAt is not null)
        {
            errors.Add("expiresAt", "is for single timers: give maxAge, which counts from the due instant of each");
        }
    }

    private static IEnumerable<JsonProperty> Named(JsonElement json) =>
        json.EnumerateObject().Where(field => Names.Contains(field.Name));

    private static TimerSpec? Refused(FieldErrors errors, Action<string, string> refuse)
    {
        foreach (var (field, reasons) in errors.ToDictionary())
        {
            foreach (var reason in reasons)
            {
                refuse(field, reason);
            }
        }

        return null;
    }
}

/// <summary>The rules for a webhook whose instants are another slice's.</summary>
internal sealed class WebhookValidator : FieldValidator<TimerRequest>
{
    public WebhookValidator(IStoreClock clock, WebTargets targets)
    {
        Check(request => request.MaxAge, age => TimerRules.MaxAgeProblem(age, clock.Now));
        Check(request => request.Url, url => url is null ? "is required" : targets.Problem(url));
        this.CheckContent();
    }
}
