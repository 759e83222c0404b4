namespace Contracts.Signing;

/// <summary>The signing secrets as whoever sends webhooks asks for them: from memory.</summary>
public interface ISigningSecrets
{
    /// <summary>What a webhook is signed with: the secret of its destination, else its tenant's default.</summary>
    /// <returns>Null if there is neither.</returns>
    /// <exception cref="SigningSecretsUnavailableException">
    /// They have not been read yet, or this one cannot be decrypted. Nothing may be sent: unsigned, it would be refused.
    /// </exception>
    SigningKeys? Find(string tenant, Uri url);
}
