using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Contracts.Signing;

/// <summary>A secret as sender and receiver hold it: <c>whsec_</c> and the base64 of 24 to 64 bytes (Standard Webhooks 1.0).</summary>
public static partial class WebhookSecret
{
    /// <summary>What every secret begins with.</summary>
    public const string Prefix = "whsec_";

    /// <summary>Minimum number of bytes.</summary>
    public const int MinBytes = 24;

    /// <summary>Maximum number of bytes.</summary>
    public const int MaxBytes = 64;

    /// <summary>The form, as a regular expression: 8 to 21 groups of base64 and what may be left over.</summary>
    public const string Pattern =
        "^whsec_([A-Za-z0-9+/]{4}){8,20}([A-Za-z0-9+/]{4}([A-Za-z0-9+/]{2}==)?|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";

    /// <summary>What is shown of one that is not shown.</summary>
    public const string Masked = "whsec_********";

    /// <summary>As many as HMAC-SHA256 gives: 256 random bits.</summary>
    private const int CreatedBytes = 32;

    /// <summary>Makes a new one at random.</summary>
    public static byte[] Create() => RandomNumberGenerator.GetBytes(CreatedBytes);

    /// <summary>The text of a secret.</summary>
    public static string Write(ReadOnlySpan<byte> secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>Reads one; false if it has not the form.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out byte[]? secret)
    {
        // $ would let a line break at the end pass.
        secret = text is not null && !text.EndsWith('\n') && Form().IsMatch(text) ? Convert.FromBase64String(text[Prefix.Length..]) : null;
        return secret is not null;
    }

    [GeneratedRegex(Pattern, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();
}
