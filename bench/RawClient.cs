using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bench;

/// <summary>
/// A keep-alive connection that sends prepared requests and parses no more of the answers than it must: the load generator must not be the
/// bottleneck.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LastChunk = "0\r\n\r\n"u8.ToArray();

    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>Grows with the answers: megabytes for each of 64 connections would have to be zeroed while the clock runs.</summary>
    private byte[] buffer = new byte[16 << 10];

    public async Task ConnectAsync(int port) => await socket.ConnectAsync(IPAddress.Loopback, port);

    public static byte[] Post(string path, string body, string contentType = "application/json") => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: "
            + $"127.0.0.1\r\nContent-Type: {contentType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    /// <returns>The HTTP status.</returns>
    public async Task<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        await socket.SendAsync(request);
        var read = 0;
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(read));
            if (got == 0)
            {
                throw new IOException("The connection was closed.");
            }

            read += got;
            if (IsComplete(buffer.AsSpan(0, read)))
            {
                return int.Parse(buffer.AsSpan(9, 3), CultureInfo.InvariantCulture);
            }

            if (read == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * buffer.Length);
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private static bool IsComplete(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf(EndOfHead);
        if (head < 0)
        {
            return false;
        }

        var length = answer[..head].IndexOf("Content-Length: "u8);
        if (length < 0)
        {
            return answer.EndsWith(LastChunk);
        }

        var digits = answer[(length + 16)..head];
        var end = digits.IndexOf((byte)'\r');
        return answer.Length - head - 4 >= int.Parse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture);
    }
}
