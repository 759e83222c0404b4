using Contracts.Messaging;
using Contracts.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>The rules for a timer's webhook, for dead letters that are edited.</summary>
internal sealed class TimerMessageRules(WebhookValidator validator) : IMessageRules<TimerScheduled>
{
    public IReadOnlyDictionary<string, string[]> FindFaults(TimerScheduled message)
    {
        var errors = new FieldErrors();
        validator.Validate(TimerRequest.From(message.Spec), errors);
        if (message.Spec is { ExpiresAt: not null, MaxAge: not null })
        {
            errors.Add("expiresAt", TimerRules.TwoExpiries);
        }

        return errors.ToDictionary().ToDictionary(error => $"spec.{error.Key}", error => error.Value, StringComparer.Ordinal);
    }
}
