using Contracts.Signing;

namespace Producer.SigningSecrets;

/// <summary>A signing secret as clients see it; its text only when it was just made.</summary>
internal sealed record SigningSecretResource
{
    /// <summary>Names it.</summary>
    public required string Id { get; init; }

    /// <summary>What it signs with: v1 (HMAC-SHA256) or v1a (Ed25519).</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// The secret itself, shown once, in the answer that it was made with; later masked. Absent for v1a, whose private key is never shown.
    /// </summary>
    public string? Secret { get; init; }

    /// <summary>What receivers verify with, whpk_ and base64; absent for v1.</summary>
    public string? PublicKey { get; init; }

    /// <summary>The public key before the last rotation, as long as that signs as well; absent if it was v1.</summary>
    public string? PreviousPublicKey { get; init; }

    /// <summary>Scheme, host and port that it signs for; absent for the default, which signs what goes anywhere else.</summary>
    public string? Destination { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last rotated; absent if it never was.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>Until when the secret before the last rotation signs as well; absent if it does not.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    public static SigningSecretResource From(SigningSecret secret, DateTimeOffset now, string? text = null)
    {
        var hasPrevious = now < secret.PreviousUntil;
        return new SigningSecretResource
        {
            Id = secret.Id,
            Kind = SigningKinds.Write(secret.Kind),
            Secret = secret.Kind == SigningKind.V1 ? text ?? WebhookSecret.Masked : null,
            PublicKey = TextOf(secret.PublicKey),
            PreviousPublicKey = hasPrevious ? TextOf(secret.PreviousPublicKey) : null,
            Destination = secret.Destination,
            CreatedAt = secret.CreatedAt,
            RotatedAt = secret.RotatedAt,
            PreviousUntil = hasPrevious ? secret.PreviousUntil : null,
        };
    }

    private static string? TextOf(ReadOnlyMemory<byte> key) => key.IsEmpty ? null : WebhookPublicKey.Write(key.Span);
}

/// <summary>What receivers verify webhooks with that are signed by public keys.</summary>
internal sealed record PublicKeysResource
{
    /// <summary>The signing secret that they belong to.</summary>
    public required string Id { get; init; }

    /// <summary>Scheme, host and port that it signs for; absent for the default.</summary>
    public string? Destination { get; init; }

    /// <summary>whpk_ and base64, the latest first: two while it rotates, none if it is of kind v1.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    public static PublicKeysResource From(SigningSecret secret, DateTimeOffset now)
    {
        var shown = SigningSecretResource.From(secret, now);
        return new PublicKeysResource
        {
            Id = shown.Id,
            Destination = shown.Destination,
            Keys = [.. new[] { shown.PublicKey, shown.PreviousPublicKey }.OfType<string>()],
        };
    }
}

/// <summary>A page of signing secrets.</summary>
/// <param name="Items">In the order of their ids.</param>
/// <param name="Next">The cursor of the next page; absent at the end.</param>
internal sealed record SigningSecretList(IReadOnlyList<SigningSecretResource> Items, string? Next);

/// <summary>A signing secret to be made.</summary>
internal sealed record SigningSecretRequest
{
    /// <summary>
    /// Scheme, host and port, such as https://hooks.example.com; the default of the tenant if it is missing, which signs what goes anywhere
    /// else.
    /// </summary>
    public string? Destination { get; init; }

    /// <summary>v1 (HMAC-SHA256, a secret that receivers share) or v1a (Ed25519, a public key); v1 if it is missing.</summary>
    public string? Kind { get; init; }

    /// <summary>whsec_ and the base64 of 24 to 64 bytes; made at random if it is missing, and always for v1a.</summary>
    public string? Secret { get; init; }
}

/// <summary>A rotation.</summary>
internal sealed record SigningSecretRotation
{
    /// <summary>How long the secret before it signs as well, up to 30 days; 24 hours if it is missing.</summary>
    public TimeSpan? Overlap { get; init; }

    /// <summary>The kind of the new one; that of the one before if it is missing.</summary>
    public string? Kind { get; init; }

    /// <summary>The new secret; made at random if it is missing, and always for v1a.</summary>
    public string? Secret { get; init; }
}
