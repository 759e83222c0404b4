namespace Contracts.Signing;

/// <summary>The two kinds of signatures of Standard Webhooks.</summary>
public enum SigningKind
{
    /// <summary><c>v1</c>: HMAC-SHA256. Who can verify can also sign.</summary>
    V1,

    /// <summary><c>v1a</c>: Ed25519. Receivers verify with a public key, which is no secret.</summary>
    V1a,
}
