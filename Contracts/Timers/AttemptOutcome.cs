namespace Contracts.Timers;

/// <summary>What an attempt means for its timer; written by compare-and-set on the claim.</summary>
/// <param name="Key">The timer.</param>
/// <param name="Token">The claim under which it was sent.</param>
/// <param name="Attempt">The attempt as it ended.</param>
/// <param name="State">Succeeded, Failed, Scheduled (retry at <paramref name="NextAt"/>) or Ambiguous.</param>
/// <param name="NextAt">When to try again; when it finished otherwise.</param>
public sealed record AttemptOutcome(
    Guid Key, ClaimToken Token, AttemptRecord Attempt, TimerState State, DateTimeOffset NextAt)
{
    /// <summary>The tenant that the timer belongs to.</summary>
    public string Tenant { get; init; } = Common.Tenant.Default;
}
