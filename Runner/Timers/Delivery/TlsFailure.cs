namespace Runner.Timers.Delivery;

/// <summary>Says why no secure connection came about: .NET's own message often only points at the exception inside.</summary>
internal static class TlsFailure
{
    /// <summary>What OpenSSL says (RFC 8446 §6.2 and its own reasons), and what that means to whoever owns the receiver.</summary>
    private static readonly (string Said, string Meaning)[] Meanings =
    [
        ("alert protocol version", "the receiver does not accept TLS 1.2 or 1.3, and older versions are not spoken"),
        ("unsupported protocol", "the receiver speaks TLS 1.1 or older, which is not accepted"),
        ("alert handshake failure", "the receiver refused the handshake: it accepts none of the ciphers, or wants a client certificate"),
        ("certificate required", "the receiver wants a client certificate"),
        ("unrecognized name", "the receiver has no certificate for this name"),
        ("wrong version number", NoTls),
        ("frame size", NoTls),
        ("unexpected EOF", Closed),
        ("0 bytes from the transport stream", Closed),
    ];

    private const string NoTls = "what answers there does not speak TLS";
    private const string Closed = "the receiver closed the connection in the middle of the handshake";

    /// <summary>The reason, in words for the timer's owner.</summary>
    /// <param name="error">What the handshake ended with.</param>
    public static string Describe(Exception error)
    {
        var innermost = error;
        while (true)
        {
            var said = innermost.Message;
            if (Array.Find(Meanings, known => said.Contains(known.Said, StringComparison.OrdinalIgnoreCase)).Meaning is { } meaning)
            {
                return meaning;
            }

            if (innermost.InnerException is not { } inner)
            {
                break;
            }

            innermost = inner;
        }

        // Of certificates .NET says itself what is wrong.
        return error.Message.Contains("inner exception", StringComparison.OrdinalIgnoreCase) ? innermost.Message : error.Message;
    }
}
