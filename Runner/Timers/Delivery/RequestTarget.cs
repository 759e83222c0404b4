namespace Runner.Timers.Delivery;

/// <summary>
/// Calls an address as it was given, byte for byte: .NET writes <c>/a/%2e%2e/b</c> as <c>/b</c> and <c>%7E</c> as <c>~</c>.
/// </summary>
internal static class RequestTarget
{
    private static readonly UriCreationOptions AsGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The address to hand to the HTTP client.</summary>
    /// <remarks>
    /// As .NET writes it where it has no path, which a request needs, or characters that may not stand in a request line: what is not ASCII
    /// is sent percent-encoded in UTF-8, and what came past the checks of a create cannot end the line.
    /// </remarks>
    public static Uri Of(Uri address)
    {
        var text = address.OriginalString.AsSpan();
        var fragment = text.IndexOf('#');
        text = fragment < 0 ? text : text[..fragment];
        var host = text.IndexOf("//", StringComparison.Ordinal) + 2;
        var path = host < 2 ? -1 : text[host..].IndexOfAny('/', '?');
        var target = path < 0 ? default : text[(host + path)..];
        if (target is not ['/', ..] || target.SequenceEqual(address.PathAndQuery) || target.ContainsAnyExceptInRange('!', '~'))
        {
            return address;
        }

        return Uri.TryCreate(text.ToString(), AsGiven, out var given) ? given : address;
    }
}
