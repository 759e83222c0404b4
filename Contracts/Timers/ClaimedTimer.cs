namespace Contracts.Timers;

/// <summary>A timer that a Runner owns under <paramref name="Token"/> and may send.</summary>
/// <param name="Key">The store's key.</param>
/// <param name="Token">Proves the claim in every later write.</param>
/// <param name="DueAt">The promised instant.</param>
/// <param name="NextAt">When to send, never before.</param>
/// <param name="Occurrence">From 1.</param>
/// <param name="Attempts">Attempts counted before this one.</param>
/// <param name="AttemptsBeforeReplay">Of these, the ones that the retry policy no longer counts.</param>
/// <param name="Spec">The webhook to send.</param>
public sealed record ClaimedTimer(
    Guid Key, ClaimToken Token, DateTimeOffset DueAt, DateTimeOffset NextAt, int Occurrence, int Attempts,
    int AttemptsBeforeReplay, TimerSpec Spec)
{
    /// <summary>The Runner name that it was claimed under.</summary>
    public Guid Runner { get; init; }

    /// <summary>The tenant that it belongs to.</summary>
    public string Tenant { get; init; } = Common.Tenant.Default;

    /// <summary>When it expires: nothing may be sent from then on. Null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether nothing of it may be sent any more.</summary>
    public bool HasExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>The id that clients see.</summary>
    public string Id => Spec.OwnId ?? Key.ToString("D");

    /// <summary>The number of the attempt that this claim allows, from 1.</summary>
    public int Attempt => Attempts + 1;

    /// <summary>The same for all attempts of one occurrence, so that a receiver can detect duplicates.</summary>
    public string WebhookId => $"{Key:D}-{Occurrence}";
}
