namespace Contracts.Timers;

/// <summary>A Runner's right to send what it claimed. One per Runner, not one per timer.</summary>
public interface IRunnerLease
{
    /// <summary>The name that it claims under: a new one at every start, and after its lease was considered dead.</summary>
    Guid Runner { get; }

    /// <summary>False if there can be no other Runner: the lease then lasts as long as the process.</summary>
    bool CanLapse { get; }

    /// <summary>Whether a request about a claim of this name may be written to the wire at this moment, by the monotonic clock.</summary>
    bool MaySend(Guid runner);
}
