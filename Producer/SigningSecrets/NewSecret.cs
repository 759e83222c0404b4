using Contracts.Signing;
using Infrastructure.Signing;

namespace Producer.SigningSecrets;

/// <summary>What is to sign from now on.</summary>
/// <param name="Bytes">The secret, or the private key.</param>
/// <param name="PublicKey">Empty for <see cref="SigningKind.V1"/>.</param>
internal sealed record NewSecret(byte[] Bytes, byte[] PublicKey)
{
    /// <summary>A secret of <see cref="SigningKind.V1"/>.</summary>
    public static NewSecret OfV1(byte[] secret) => new(secret, []);

    /// <summary>A pair of keys of <see cref="SigningKind.V1a"/>, made at random: nobody but Runners ever has the private one.</summary>
    public static NewSecret CreateV1a()
    {
        var seed = System.Security.Cryptography.RandomNumberGenerator.GetBytes(Ed25519Signer.SeedBytes);
        return new NewSecret(seed, new Ed25519Signer(seed).PublicKey);
    }

    /// <summary>What is shown this once; null where nothing is secret that is shown.</summary>
    public string? Text => PublicKey.Length == 0 ? WebhookSecret.Write(Bytes) : null;
}
