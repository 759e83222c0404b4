using Contracts.Timers;

namespace Runner.Timers.Receivers;

/// <summary>Whether one exchange may write to the wire, checked for each write.</summary>
/// <remarks>
/// <para>
/// Between this check and the system call remain a few microseconds, and whatever the scheduler adds.
/// </para>
/// <para>
/// The request's content enters it around its own writes, which also flush the headers before them, on one thread: a value that flowed with
/// the exchange instead (AsyncLocal) cost a fifth of a burst, for each continuation would have to restore it.
/// </para>
/// </remarks>
internal sealed class SendPermit(IRunnerLease lease, Guid runner)
{
    [ThreadStatic]
    private static SendPermit? current;

    private ReceiverStream? connection;

    /// <summary>The permit of the exchange that writes on this thread; null outside of any.</summary>
    public static SendPermit? Current => current;

    public bool HasWritten { get; private set; }

    /// <summary>The lease lapsed before the first byte.</summary>
    public bool WasRefused { get; private set; }

    /// <summary>The connection was closed as idle at the very moment that it was chosen; another one will do.</summary>
    public bool WasClosed { get; private set; }

    /// <summary>Writes on this thread are the exchange's, until <see cref="Exit"/>.</summary>
    public void Enter() => current = this;

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    public static void Exit() => current = null;

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
