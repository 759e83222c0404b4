using System.Diagnostics.CodeAnalysis;
using Contracts.Signing;
using NSec.Cryptography;

namespace Infrastructure.Signing;

/// <summary>Signatures of <see cref="SigningKind.V1a"/>: <c>v1a,</c> and the base64 of Ed25519 (RFC 8032).</summary>
[SuppressMessage(
    "Design", "CA1001", Justification = "A webhook may be signed with a key that has just been replaced; its handle has a finalizer.")]
public sealed class Ed25519Signer : ISigner
{
    /// <summary>What each signature begins with.</summary>
    internal const string Version = "v1a,";

    /// <summary>Bytes of a private key.</summary>
    public const int SeedBytes = 32;

    private readonly Key key;

    /// <param name="seed">The private key, 32 bytes.</param>
    /// <exception cref="FormatException">It has another length.</exception>
    public Ed25519Signer(ReadOnlySpan<byte> seed) =>
        key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);

    /// <summary>What receivers verify with, 32 bytes.</summary>
    public byte[] PublicKey => key.PublicKey.Export(KeyBlobFormat.RawPublicKey);

    /// <inheritdoc />
    public string Sign(ReadOnlySpan<byte> content) =>
        Version + Convert.ToBase64String(SignatureAlgorithm.Ed25519.Sign(key, content));
}
