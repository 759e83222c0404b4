using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Contracts.Signing;

/// <summary>Where webhooks go, as far as it decides what they are signed with: scheme, host and port.</summary>
/// <param name="Scheme">http or https.</param>
/// <param name="Host">The name in ASCII and without a trailing dot, or the address.</param>
/// <param name="Port">The port, also where it is the scheme's own.</param>
public readonly record struct SigningDestination(string Scheme, string Host, int Port)
{
    /// <summary>Maximum number of characters of a text.</summary>
    public const int MaxLength = 300;

    private static readonly SearchValues<char> Beyond = SearchValues.Create("/\\?#@");

    /// <summary>The destination as it is shown and stored: <c>https://hooks.example.com</c>, <c>http://10.0.0.7:8080</c>.</summary>
    public string Text
    {
        get
        {
            var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
            return Port == DefaultPort ? $"{Scheme}://{host}" : $"{Scheme}://{host}:{Port}";
        }
    }

    private int DefaultPort => Scheme == Uri.UriSchemeHttps ? 443 : 80;

    /// <summary>That of an absolute HTTP address.</summary>
    public static SigningDestination Of(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return new SigningDestination(url.Scheme, url.IdnHost.TrimEnd('.'), url.Port);
    }

    /// <summary>Reads one that is given without a path; false if it is none.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SigningDestination? destination)
    {
        destination = null;
        if (text is null || text.Length > MaxLength || !IsPlain(text) || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Host.Length == 0 || url.Port == 0)
        {
            return false;
        }

        destination = Of(url);
        return destination.Value.Host.Length > 0;
    }

    /// <summary>Whether there is a scheme and an authority, and nothing that would begin a path, a query or a fragment.</summary>
    private static bool IsPlain(string text)
    {
        var start = text.StartsWith("http://", StringComparison.Ordinal) ? "http://".Length
            : text.StartsWith("https://", StringComparison.Ordinal) ? "https://".Length : -1;
        return start > 0 && text.AsSpan(start).IndexOfAny(Beyond) < 0 && !text.Any(each => char.IsControl(each) || char.IsWhiteSpace(each));
    }
}
