using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bench;

/// <summary>
/// Receives webhooks and records how late each one arrived. Uses bare sockets, so that the receiver itself is not what is measured.
/// </summary>
internal sealed class BenchReceiver : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<List<double>> lateness = [];
    private int count;
    private long first;
    private long last;

    public BenchReceiver()
    {
        listener.Start(1_024);
        _ = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/hook";

    public int Count => Volatile.Read(ref count);

    public DateTimeOffset First => new(Volatile.Read(ref first), TimeSpan.Zero);

    public DateTimeOffset Last => new(Volatile.Read(ref last), TimeSpan.Zero);

    /// <summary>How late each webhook arrived, in milliseconds, sorted.</summary>
    public double[] Lateness() => [.. lateness.SelectMany(each => each.ToArray()).Order()];

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            socket.NoDelay = true;
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var mine = new List<double>();
        lateness.Add(mine);
        var buffer = new byte[64 * 1024];
        var read = 0;
        using (socket)
        {
            while (true)
            {
                int got;
                try
                {
                    got = await socket.ReceiveAsync(buffer.AsMemory(read));
                }
                catch (SocketException)
                {
                    return;
                }

                if (got == 0)
                {
                    return;
                }

                var now = TimeProvider.System.GetUtcNow();
                read += got;
                if (!IsComplete(buffer.AsSpan(0, read)))
                {
                    continue;
                }

                mine.Add((now - DueAt(buffer.AsSpan(0, read))).TotalMilliseconds);
                if (Interlocked.Increment(ref count) == 1)
                {
                    Volatile.Write(ref first, now.UtcTicks);
                }

                Volatile.Write(ref last, now.UtcTicks);
                read = 0;
                await socket.SendAsync(Answer);
            }
        }
    }

    private static bool IsComplete(ReadOnlySpan<byte> request)
    {
        var head = request.IndexOf(EndOfHead);
        if (head < 0)
        {
            return false;
        }

        var length = request[..head].IndexOf("Content-Length: "u8);
        var digits = request[(length + 16)..head];
        var end = digits.IndexOf((byte)'\r');
        return length < 0 || request.Length - head - 4 >= int.Parse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture);
    }

    private static DateTimeOffset DueAt(ReadOnlySpan<byte> request)
    {
        var at = request.IndexOf("timer-due-at: "u8) + 14;
        return DateTimeOffset.Parse(Encoding.ASCII.GetString(request.Slice(at, 24)), CultureInfo.InvariantCulture);
    }
}
