namespace Infrastructure.Secrets;

/// <summary>Encrypts secrets for the store.</summary>
public interface ISecretBox
{
    /// <summary>Encrypts a secret.</summary>
    /// <param name="secret">What nobody may read in the store.</param>
    /// <param name="place">What it belongs to: put anywhere else, it cannot be decrypted.</param>
    /// <returns>Null if there is no key to encrypt with: several processes share the store, and none is configured.</returns>
    byte[]? Seal(ReadOnlySpan<byte> secret, string place);

    /// <summary>Decrypts what <see cref="Seal"/> made.</summary>
    /// <returns>Null if none of the keys is the right one, or it was changed or moved.</returns>
    byte[]? Open(ReadOnlySpan<byte> sealedSecret, string place);

    /// <summary>Whether it was encrypted with a key that is no longer the one to encrypt with.</summary>
    bool IsOutdated(ReadOnlySpan<byte> sealedSecret);
}
