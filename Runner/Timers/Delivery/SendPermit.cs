using Contracts.Timers;

namespace Runner.Timers.Delivery;

/// <summary>
/// Whether one exchange may write to the wire, checked for each write. Flows with the exchange to its connection.
/// </summary>
/// <remarks>
/// Between this check and the system call remain a few microseconds, and whatever the scheduler adds.
/// </remarks>
internal sealed class SendPermit(IRunnerLease lease, Guid runner)
{
    private static readonly AsyncLocal<SendPermit?> Running = new();

    /// <summary>The permit of the exchange that runs here; null outside of any.</summary>
    public static SendPermit? Current => Running.Value;

    public bool HasWritten { get; private set; }

    public bool WasRefused { get; private set; }

    public static SendPermit Begin(IRunnerLease lease, Guid runner) => Running.Value = new SendPermit(lease, runner);

    public void Demand()
    {
        if (!lease.MaySend(runner))
        {
            WasRefused = true;
            throw new IOException("The lease lapsed before the request was written.");
        }

        HasWritten = true;
    }
}
