using System.Diagnostics.CodeAnalysis;

namespace Contracts.Signing;

/// <summary>A public key as receivers get it: <c>whpk_</c> and the base64 of its 32 bytes (Standard Webhooks 1.0, Ed25519).</summary>
public static class WebhookPublicKey
{
    /// <summary>What every public key begins with.</summary>
    public const string Prefix = "whpk_";

    /// <summary>Bytes of a key (RFC 8032).</summary>
    public const int Bytes = 32;

    private const int Length = 5 + 44;

    /// <summary>The text of a public key.</summary>
    public static string Write(ReadOnlySpan<byte> key) => Prefix + Convert.ToBase64String(key);

    /// <summary>Reads one; false if it has not the form. Whether it is a point of the curve is found when it is used.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out byte[]? key)
    {
        var bytes = new byte[Bytes];
        key = text is { Length: Length } && text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var read) && read == Bytes ? bytes : null;
        return key is not null;
    }
}
