using System.Text.Json;
using Contracts.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>Reads webhooks for slices that make timers, by the rules for timers.</summary>
internal sealed class WebhookReader(WebhookValidator validator, TimerChangeValidator changes) : IWebhookReader
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "url", "method", "headers", "body", "retry", "onAmbiguous", "timeout", "tags", "metadata",
    };

    public IReadOnlyCollection<string> Fields => Names;

    public TimerSpec? Read(JsonElement request, Action<string, string> refuse)
    {
        var errors = new FieldErrors();
        var read = TimerRequest.From(Named(request), errors);
        validator.Validate(read, errors);
        return errors.Any ? Refused(errors, refuse) : read.ToSpec(ownId: null);
    }

    public TimerSpec? Change(JsonElement patch, TimerSpec webhook, Action<string, string> refuse)
    {
        var errors = new FieldErrors();
        var change = TimerChange.From(Named(patch), webhook, errors);
        changes.Validate(change, errors);
        return errors.Any ? Refused(errors, refuse) : change.ApplyTo(webhook);
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
    public WebhookValidator(WebTargets targets)
    {
        Check(request => request.Url, url => url is null ? "is required" : targets.Problem(url));
        this.CheckContent();
    }
}
