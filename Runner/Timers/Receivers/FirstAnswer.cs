namespace Runner.Timers.Receivers;

/// <summary>
/// Reads the first answer of a connection. One of HTTP/1.0 gets the header <c>Connection: close</c>, which such a receiver leaves out
/// because closing is that version's rule (RFC 9112 §9.3).
/// </summary>
/// <remarks>
/// .NET keeps the connection when such an answer has a length, and may have written the next webhook to it before the receiver's end
/// arrives: an attempt that the receiver never saw, and a retry for nothing.
/// </remarks>
internal sealed class FirstAnswer
{
    private static ReadOnlySpan<byte> Version => "HTTP/1.0"u8;

    private static ReadOnlySpan<byte> Close => "Connection: close\r\n"u8;

    private int matched;
    private ReadOnlyMemory<byte> left;

    /// <summary>Nothing more is to be added: the connection can be read directly.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Reads the next bytes of the answer; 0 at its end, or for an empty buffer.</summary>
    public async ValueTask<int> ReadAsync(Stream connection, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!left.IsEmpty)
        {
            return Give(buffer.Span);
        }

        var read = await connection.ReadAsync(buffer, cancellationToken);
        return Pass(buffer.Span, read);
    }

    private int Pass(Span<byte> buffer, int read)
    {
        IsRead = read == 0 && buffer.Length > 0;
        for (var i = 0; i < read; i++)
        {
            if (matched < Version.Length)
            {
                if (buffer[i] != Version[matched++])
                {
                    IsRead = true;
                    return read;
                }
            }
            else if (buffer[i] == '\n')
            {
                left = (byte[])[.. Close, .. buffer[(i + 1)..read]];
                return i + 1 + Give(buffer[(i + 1)..]);
            }
        }

        return read;
    }

    private int Give(Span<byte> buffer)
    {
        var given = Math.Min(left.Length, buffer.Length);
        left.Span[..given].CopyTo(buffer);
        left = left[given..];
        IsRead = left.IsEmpty;
        return given;
    }
}
