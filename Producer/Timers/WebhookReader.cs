using System.Text.Json;
using Contracts.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>Reads webhooks for slices that make timers, by the rules for timers.</summary>
internal sealed class WebhookReader(WebhookValidator validator) : IWebhookReader
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "url", "method", "headers", "body", "retry", "onAmbiguous", "timeout", "tags", "metadata",
    };

    public IReadOnlyCollection<string> Fields => Names;

    public TimerSpec? Read(JsonElement request, Action<string, string> refuse)
    {
        var errors = new FieldErrors();
        var read = TimerRequest.From(request.EnumerateObject().Where(field => Names.Contains(field.Name)), errors);
        validator.Validate(read, errors);
        if (!errors.Any)
        {
            return read.ToSpec(ownId: null);
        }

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
