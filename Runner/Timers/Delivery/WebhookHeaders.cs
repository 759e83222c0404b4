using Contracts.Signing;

namespace Runner.Timers.Delivery;

/// <summary>The headers that every webhook carries; the names are part of the contract (README).</summary>
internal static class WebhookHeaders
{
    /// <summary>The same for all attempts of one occurrence (Standard Webhooks 1.0).</summary>
    public const string Id = "webhook-id";

    /// <summary>Unix seconds of this attempt (Standard Webhooks 1.0).</summary>
    public const string Timestamp = "webhook-timestamp";

    /// <summary>The signatures, if its tenant or destination has a secret (Standard Webhooks 1.0).</summary>
    public const string Signature = WebhookSignature.Header;

    /// <summary>The timer's id.</summary>
    public const string TimerId = "timer-id";

    /// <summary>The promised instant, RFC 3339.</summary>
    public const string DueAt = "timer-due-at";

    /// <summary>Number of the attempt, from 1.</summary>
    public const string Attempt = "timer-attempt";
}
