using Contracts.Signing;

namespace Infrastructure.Signing;

/// <summary>What encrypted signing secrets are bound to.</summary>
public static class SigningPlaces
{
    /// <summary>The tenant and destination of a secret, and its public key if it has one: in another row it cannot be decrypted.</summary>
    public static string Of(SigningSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return Of(secret, secret.PublicKey.Span);
    }

    /// <summary>The same of the secret before the last rotation.</summary>
    public static string OfPrevious(SigningSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return Of(secret, secret.PreviousPublicKey.Span);
    }

    private static string Of(SigningSecret secret, ReadOnlySpan<byte> publicKey)
    {
        var place = $"signing-secret\n{secret.Tenant}\n{secret.Destination}";
        return publicKey.IsEmpty ? place : $"{place}\n{WebhookPublicKey.Write(publicKey)}";
    }
}
