namespace Contracts.Timers;

/// <summary>A Runner's right to send what it claimed. One for the whole Runner, not one a timer.</summary>
public interface IRunnerLease
{
    /// <summary>Whether a request may be written to the wire at this moment, by the monotonic clock.</summary>
    bool MaySend { get; }
}
