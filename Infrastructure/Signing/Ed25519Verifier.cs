using Contracts.Signing;
using NSec.Cryptography;

namespace Infrastructure.Signing;

/// <summary>Judges signatures of <see cref="SigningKind.V1a"/> with a public key.</summary>
public sealed class Ed25519Verifier : ISignatureVerifier
{
    /// <summary>Of one signature: the version, and base64 of 64 bytes.</summary>
    private const int Length = 4 + 88;

    private const int SignatureBytes = 64;

    private readonly PublicKey key;

    private Ed25519Verifier(PublicKey key) => this.key = key;

    /// <summary>That of a public key; null if its bytes are none.</summary>
    /// <param name="publicKey">32 bytes.</param>
    public static Ed25519Verifier? Of(ReadOnlySpan<byte> publicKey) =>
        NSec.Cryptography.PublicKey.TryImport(SignatureAlgorithm.Ed25519, publicKey, KeyBlobFormat.RawPublicKey, out var key)
            ? new Ed25519Verifier(key!) : null;

    /// <inheritdoc />
    public bool IsRight(ReadOnlySpan<char> signature, ReadOnlySpan<byte> content)
    {
        Span<byte> given = stackalloc byte[SignatureBytes];
        return signature.Length == Length && signature.StartsWith(Ed25519Signer.Version, StringComparison.Ordinal)
            && Convert.TryFromBase64Chars(signature[Ed25519Signer.Version.Length..], given, out var read) && read == SignatureBytes
            && SignatureAlgorithm.Ed25519.Verify(key, content, given);
    }
}
