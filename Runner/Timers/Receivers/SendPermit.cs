using Contracts.Timers;

namespace Runner.Timers.Receivers;

/// <summary>
/// Whether one exchange may write to the wire, checked for each write. Flows with the exchange to its connection.
/// </summary>
/// <remarks>
/// Between this check and the system call remain a few microseconds, and whatever the scheduler adds.
/// </remarks>
internal sealed class SendPermit(IRunnerLease lease, Guid runner)
{
    private static readonly AsyncLocal<SendPermit?> Running = new();
    private ReceiverStream? connection;

    /// <summary>The permit of the exchange that runs here; null outside of any.</summary>
    public static SendPermit? Current => Running.Value;

    public bool HasWritten { get; private set; }

    /// <summary>The lease lapsed before the first byte.</summary>
    public bool WasRefused { get; private set; }

    /// <summary>The connection was closed as idle at the very moment that it was chosen; another one will do.</summary>
    public bool WasClosed { get; private set; }

    public static SendPermit Begin(IRunnerLease lease, Guid runner) => Running.Value = new SendPermit(lease, runner);

    /// <summary>Called for each write of the exchange.</summary>
    /// <exception cref="IOException">It must not write, and nothing is written.</exception>
    public void Demand(ReceiverStream stream)
    {
        if (lease.CanLapse && !lease.MaySend(runner))
        {
            WasRefused = true;
            throw new IOException("The lease lapsed before the request was written.");
        }

        if (!stream.TryUse(this))
        {
            WasClosed = true;
            throw new IOException("The idle connection was closed to make room for another one.");
        }

        connection = stream;
        HasWritten = true;
    }

    /// <summary>The exchange has ended: its connection is idle, if it is still open.</summary>
    public void End() => connection?.Leave(this);
}
