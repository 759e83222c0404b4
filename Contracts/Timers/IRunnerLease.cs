namespace Contracts.Timers;

/// <summary>A Runner's right to send what it claimed. One for the whole Runner, not one a timer.</summary>
public interface IRunnerLease
{
    /// <summary>The name that it claims under: a new one at every start, and after its lease was taken for dead.</summary>
    Guid Runner { get; }

    /// <summary>False where no other Runner can be: the lease then lasts as long as the process.</summary>
    bool CanLapse { get; }

    /// <summary>Whether a request about a claim of this name may be written to the wire at this moment, by the monotonic clock.</summary>
    bool MaySend(Guid runner);
}
