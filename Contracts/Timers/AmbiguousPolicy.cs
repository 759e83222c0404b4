namespace Contracts.Timers;

/// <summary>What to do when it is unknown whether an attempt arrived: the Runner died, or the answer did not come.</summary>
public enum AmbiguousPolicy
{
    /// <summary>Send again with the same <c>webhook-id</c>: at least once. The default.</summary>
    Redeliver,

    /// <summary>Never send again by itself: at most once. The timer becomes <see cref="TimerState.Ambiguous"/>.</summary>
    Park,
}
