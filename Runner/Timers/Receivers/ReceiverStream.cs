namespace Runner.Timers.Receivers;

/// <summary>
/// A receiver's connection, below HTTP and above TLS. It writes only while the lease of the exchange behind the write lasts, and knows
/// whether it is idle: then it may be closed for the sake of another one.
/// </summary>
internal sealed class ReceiverStream : Stream
{
    private static readonly object Closed = new();

    private readonly Stream connection;
    private readonly ReceiverSocket socket;
    private readonly ReceiverConnections connections;
    private readonly FirstAnswer first = new();
    private object? user;
    private bool wasUsed;
    private long sentBefore;

    /// <param name="connection">The connection above TLS.</param>
    /// <param name="socket">The same below TLS.</param>
    /// <param name="connections">Hears of it as long as it is open.</param>
    public ReceiverStream(Stream connection, ReceiverSocket socket, ReceiverConnections connections)
    {
        this.connection = connection;
        this.socket = socket;
        this.connections = connections;
        connections.Add(this);
    }

    /// <summary>What became of an exchange's wish to write.</summary>
    public enum Use
    {
        /// <summary>It may write.</summary>
        Granted,

        /// <summary>The connection was closed as idle: nothing was written.</summary>
        Closed,

        /// <summary>The receiver has ended the connection, or sent something that would pass for the answer: nothing was written.</summary>
        Ended,
    }

    /// <summary>When it last became idle, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long IdleSince { get; private set; } = Environment.TickCount64;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        first.IsRead ? connection.ReadAsync(buffer, cancellationToken) : first.ReadAsync(connection, buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var exchange = Demand();
        var written = connection.WriteAsync(buffer, cancellationToken);
        return written.IsCompletedSuccessfully ? written : AwaitAsync(written, exchange);
    }

    public override void Flush() => connection.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The exchange is about to write. The one before it has ended, even if it has not said so yet.</summary>
    public Use TryUse(SendPermit exchange)
    {
        var before = Volatile.Read(ref user);
        while (before != Closed && before != exchange)
        {
            var found = Interlocked.CompareExchange(ref user, exchange, before);
            if (found == before)
            {
                return Begin(exchange);
            }

            before = found;
        }

        return before == Closed ? Use.Closed : Use.Granted;
    }

    /// <summary>The exchange has ended. Does nothing when the next one has begun already.</summary>
    public void Leave(SendPermit exchange)
    {
        IdleSince = Environment.TickCount64;
        Interlocked.CompareExchange(ref user, null, exchange);
    }

    /// <summary>Before the first write of an exchange.</summary>
    private Use Begin(SendPermit exchange)
    {
        // A connection is also passed on from one exchange to the next without a look at it.
        if (wasUsed && socket.HasUnread)
        {
            Interlocked.CompareExchange(ref user, Closed, exchange);
            Dispose();
            return Use.Ended;
        }

        wasUsed = true;
        sentBefore = socket.Sent;
        return Use.Granted;
    }

    /// <summary>What an exchange writes after its first write, it may write from any thread.</summary>
    /// <exception cref="IOException">The exchange must not write, or none is known that does; nothing is written.</exception>
    private SendPermit Demand()
    {
        var exchange = SendPermit.Current ?? Volatile.Read(ref user) as SendPermit
            ?? throw new IOException("No exchange is known to write to this connection.");
        exchange.Demand(this);
        return exchange;
    }

    private async ValueTask AwaitAsync(ValueTask writing, SendPermit exchange)
    {
        try
        {
            await writing;
        }
        catch (IOException) when (socket.Sent == sentBefore)
        {
            exchange.Broke();
            throw;
        }
    }

    /// <summary>Closes it if it is idle. The HTTP client notices when it next looks at it.</summary>
    public bool TryClose()
    {
        if (Interlocked.CompareExchange(ref user, Closed, null) is not null)
        {
            return false;
        }

        Dispose();
        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        connections.Remove(this);
        await connection.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connections.Remove(this);
            connection.Dispose();
        }

        base.Dispose(disposing);
    }
}
