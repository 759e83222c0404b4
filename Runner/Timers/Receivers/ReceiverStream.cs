namespace Runner.Timers.Receivers;

/// <summary>
/// A receiver's connection, below HTTP and above TLS. It writes only while the lease of the exchange behind the write lasts, and knows
/// whether it is idle: then it may be closed for the sake of another one.
/// </summary>
internal sealed class ReceiverStream : Stream
{
    private static readonly object Closed = new();

    private readonly Stream connection;
    private readonly ReceiverConnections connections;
    private readonly FirstAnswer first = new();
    private object? user;

    public ReceiverStream(Stream connection, ReceiverConnections connections)
    {
        this.connection = connection;
        this.connections = connections;
        connections.Add(this);
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

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Demand();
        connection.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Demand();
        return connection.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush() => connection.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The exchange is about to write. The one before it has ended, even if it has not said so yet.</summary>
    /// <returns>False when the connection was closed as idle: nothing was written.</returns>
    public bool TryUse(SendPermit exchange)
    {
        var before = Volatile.Read(ref user);
        while (before != Closed && before != exchange)
        {
            var found = Interlocked.CompareExchange(ref user, exchange, before);
            if (found == before)
            {
                return true;
            }

            before = found;
        }

        return before != Closed;
    }

    /// <summary>The exchange has ended. Does nothing when the next one has begun already.</summary>
    public void Leave(SendPermit exchange)
    {
        IdleSince = Environment.TickCount64;
        Interlocked.CompareExchange(ref user, null, exchange);
    }

    /// <summary>What an exchange writes after its first write, it may write from any thread.</summary>
    /// <exception cref="IOException">The exchange must not write, or none is known that does; nothing is written.</exception>
    private void Demand()
    {
        var exchange = SendPermit.Current ?? Volatile.Read(ref user) as SendPermit
            ?? throw new IOException("No exchange is known to write to this connection.");
        exchange.Demand(this);
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
