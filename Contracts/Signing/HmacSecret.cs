using System.Security.Cryptography;

namespace Contracts.Signing;

/// <summary>Signatures of <see cref="SigningKind.V1"/>: <c>v1,</c> and the base64 of HMAC-SHA256.</summary>
/// <param name="secret">The secret's bytes.</param>
public sealed class HmacSecret(byte[] secret) : ISigner, ISignatureVerifier
{
    private const string Version = "v1,";

    /// <summary>Of one signature: the version, and base64 of 32 bytes.</summary>
    private const int Length = 3 + 44;

    /// <inheritdoc />
    public string Sign(ReadOnlySpan<byte> content)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, content, mac);
        Span<char> text = stackalloc char[Length];
        Version.CopyTo(text);
        Convert.TryToBase64Chars(mac, text[Version.Length..], out _);
        return text.ToString();
    }

    /// <inheritdoc />
    public bool IsRight(ReadOnlySpan<char> signature, ReadOnlySpan<byte> content)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (signature.Length != Length || !signature.StartsWith(Version, StringComparison.Ordinal)
            || !Convert.TryFromBase64Chars(signature[Version.Length..], given, out var read) || read != given.Length)
        {
            return false;
        }

        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, content, mac);
        return CryptographicOperations.FixedTimeEquals(given, mac);
    }
}
