using System.Net.Sockets;

namespace Runner.Timers.Receivers;

/// <summary>A connection's socket, below TLS: counted until it is closed, whatever came of it, and knows how much it has sent.</summary>
internal sealed class ReceiverSocket(Socket socket, ReceiverConnections connections) : NetworkStream(socket, ownsSocket: true)
{
    private int isOpen = 1;

    /// <summary>Bytes that the operating system has taken to send.</summary>
    public long Sent { get; private set; }

    /// <summary>Whether there is something to read, or the receiver has closed the connection.</summary>
    public bool HasUnread
    {
        get
        {
            try
            {
                return Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                var sent = await Socket.SendAsync(buffer, SocketFlags.None, cancellationToken);
                Sent += sent;
                buffer = buffer[sent..];
            }
        }
        catch (SocketException error)
        {
            throw new IOException(error.Message, error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (Interlocked.Exchange(ref isOpen, 0) == 1)
        {
            connections.Exit();
        }
    }
}
