namespace Producer.Http;

/// <summary>Addresses that webhooks may go to.</summary>
internal static class WebAddress
{
    public const int MaxLength = 2_048;

    // Most clients repeat one address; parsing it takes half as long as all other checks.
    [ThreadStatic]
    private static Uri? latest;

    /// <summary>The address that a URL without a problem stands for.</summary>
    public static Uri Target(string url) => IsLatest(url) ? latest! : new Uri(url);

    /// <summary>Why an address is not valid; null if it is.</summary>
    public static string? Problem(string? url)
    {
        if (url is null || IsLatest(url))
        {
            return null;
        }

        if (url.Length > MaxLength)
        {
            return $"must not be longer than {MaxLength} characters";
        }

        // Before parsing: browsers and libraries interpret these differently.
        if (url.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0 || url.Contains('\\') || url.Contains('\u007f'))
        {
            return "must not contain spaces, control characters or backslashes";
        }

        if ((!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            && !url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return "must be an absolute http or https address";
        }

        if (uri.UserInfo.Length > 0 || AuthorityOf(url).Contains('@'))
        {
            return "must not carry a user name or password";
        }

        if (uri.Port is <= 0 or > 65_535)
        {
            return "must have a port from 1 to 65535";
        }

        if (AuthorityOf(url).Contains('%'))
        {
            return "must not have percent signs in its host";
        }

        try
        {
            _ = uri.IdnHost;
        }
        catch (UriFormatException)
        {
            return "must have a valid host name";
        }

        latest = uri;
        return null;
    }

    private static ReadOnlySpan<char> AuthorityOf(string url)
    {
        var rest = url.AsSpan(url.IndexOf("//", StringComparison.Ordinal) + 2);
        var end = rest.IndexOfAny('/', '?', '#');
        return end < 0 ? rest : rest[..end];
    }

    private static bool IsLatest(string url) => latest is { OriginalString: var good } && good == url;
}
