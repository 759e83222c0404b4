using Contracts.Signing;

namespace Infrastructure.Signing;

/// <summary>What encrypted signing secrets are bound to.</summary>
public static class SigningPlaces
{
    /// <summary>The tenant and destination of a secret: in another one's row it cannot be decrypted.</summary>
    public static string Of(SigningSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return $"signing-secret\n{secret.Tenant}\n{secret.Destination}";
    }
}
