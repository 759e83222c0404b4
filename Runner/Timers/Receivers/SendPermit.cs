using Contracts.Timers;

namespace Runner.Timers.Receivers;

/// <summary>Whether one exchange may write to the wire, checked for each write.</summary>
/// <param name="lease">Whether this Runner may send at all.</param>
/// <param name="runner">The name that the timer was claimed under.</param>
/// <param name="hasExpired">Whether the timer may have expired, asked before the first byte only; null for one that never does.</param>
/// <remarks>
/// <para>
/// Between this check and the system call remain a few microseconds, and whatever the scheduler adds.
/// </para>
/// <para>
/// The request's content enters it around its own writes, which also flush the headers before them, on one thread: a value that flowed with
/// the exchange instead (AsyncLocal) cost a fifth of a burst, for each continuation would have to restore it.
/// </para>
/// </remarks>
internal sealed class SendPermit(IRunnerLease lease, Guid runner, Func<bool>? hasExpired = null)
{
    [ThreadStatic]
    private static SendPermit? current;

    private static readonly AsyncLocal<SendPermit?> Flowing = new();

    private ReceiverStream? connection;

    /// <summary>The permit of the exchange that writes on this thread; null outside of any.</summary>
    public static SendPermit? Current => current ?? Flowing.Value;

    /// <summary>Bytes may be on their way.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>The lease lapsed, or the timer expired, before the first byte.</summary>
    public bool WasRefused { get; private set; }

    /// <summary>The connection was closed as idle at the very moment that it was chosen; another one will do.</summary>
    public bool WasClosed { get; private set; }

    /// <summary>The connection broke, or turned out to be of no use, before a byte was sent; another one may do.</summary>
    public bool WasBroken { get; private set; }

    /// <summary>Writes of the calling method, and of what it awaits, are the exchange's: for a request without content.</summary>
    public void Flow() => Flowing.Value = this;

    /// <summary>Writes on this thread are the exchange's, until <see cref="Exit"/>.</summary>
    public void Enter() => current = this;

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    public static void Exit() => current = null;

    /// <summary>
    /// Called for each connection of the exchange. .NET sends a request without content once more when a connection that was used before
    /// ends, and nobody would know of that attempt.
    /// </summary>
    /// <exception cref="IOException">The request has been written to another one.</exception>
    public void DemandFirst()
    {
        if (connection is not null)
        {
            throw new IOException("The connection ended without an answer.");
        }
    }

    /// <summary>Called for each write of the exchange.</summary>
    /// <exception cref="IOException">It must not write, and nothing is written.</exception>
    public void Demand(ReceiverStream stream)
    {
        if (connection != stream)
        {
            DemandFirst();
        }

        if (lease.CanLapse && !lease.MaySend(runner))
        {
            WasRefused = true;
            throw new IOException("The lease lapsed before the request was written.");
        }

        if (!HasWritten && hasExpired?.Invoke() == true)
        {
            WasRefused = true;
            throw new IOException("The timer expired before the request was written.");
        }

        switch (stream.TryUse(this))
        {
            case ReceiverStream.Use.Closed:
                WasClosed = true;
                throw new IOException("The idle connection was closed to make room for another one.");
            case ReceiverStream.Use.Ended:
                WasBroken = true;
                throw new IOException("The receiver closed the connection, or sent an answer that nothing asked for.");
        }

        connection = stream;
        HasWritten = true;
    }

    /// <summary>A write failed before its first byte was sent, and no other was sent before it.</summary>
    public void Broke() => (HasWritten, WasBroken) = (false, true);

    /// <summary>The exchange has ended: its connection is idle, if it is still open.</summary>
    public void End() => connection?.Leave(this);
}
