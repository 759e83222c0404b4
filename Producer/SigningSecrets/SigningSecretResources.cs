using Contracts.Signing;

namespace Producer.SigningSecrets;

/// <summary>A signing secret as clients see it; its text only when it was just made.</summary>
internal sealed record SigningSecretResource
{
    /// <summary>Names it.</summary>
    public required string Id { get; init; }

    /// <summary>The secret itself, shown once, in the answer that it was made with; later masked.</summary>
    public required string Secret { get; init; }

    /// <summary>Scheme, host and port that it signs for; absent for the default, which signs what goes anywhere else.</summary>
    public string? Destination { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last rotated; absent if it never was.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>Until when the secret before the last rotation signs as well; absent if it does not.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    public static SigningSecretResource From(SigningSecret secret, DateTimeOffset now, string? text = null) => new()
    {
        Id = secret.Id,
        Secret = text ?? WebhookSecret.Masked,
        Destination = secret.Destination,
        CreatedAt = secret.CreatedAt,
        RotatedAt = secret.RotatedAt,
        PreviousUntil = now < secret.PreviousUntil ? secret.PreviousUntil : null,
    };
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

    /// <summary>whsec_ and the base64 of 24 to 64 bytes; made at random if it is missing.</summary>
    public string? Secret { get; init; }
}

/// <summary>A rotation.</summary>
internal sealed record SigningSecretRotation
{
    /// <summary>How long the secret before it signs as well, up to 30 days; 24 hours if it is missing.</summary>
    public TimeSpan? Overlap { get; init; }

    /// <summary>The new secret; made at random if it is missing.</summary>
    public string? Secret { get; init; }
}
