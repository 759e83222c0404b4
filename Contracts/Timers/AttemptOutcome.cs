namespace Contracts.Timers;

/// <summary>What an attempt means for its timer; written by compare-and-set on the claim.</summary>
/// <param name="Key">The store's key of the timer.</param>
/// <param name="Token">The claim under which it was sent.</param>
/// <param name="Attempt">The attempt as it ended.</param>
/// <param name="State">Succeeded, Failed, Scheduled (retry at <paramref name="NextAt"/>) or Ambiguous.</param>
/// <param name="NextAt">When to try again; when it finished otherwise.</param>
public sealed record AttemptOutcome(
    Guid Key, ClaimToken Token, AttemptRecord Attempt, TimerState State, DateTimeOffset NextAt)
{
    /// <summary>Stands for an error that could not be stored.</summary>
    public const string NoReason = "the reason could not be stored";

    /// <summary>The tenant that the timer belongs to.</summary>
    public string Tenant { get; init; } = Common.Tenant.Default;

    /// <summary>Without what the receiver sent and said: if a store refuses an outcome, that is most likely why.</summary>
    public AttemptOutcome Bare() => this with
    {
        Attempt = Attempt with
        {
            Response = default,
            Error = Attempt.Error is null ? null : NoReason,
        },
    };
}
