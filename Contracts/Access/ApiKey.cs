namespace Contracts.Access;

/// <summary>A key as it is stored. Its text is shown once, to whoever made it, and kept nowhere.</summary>
public sealed record ApiKey
{
    /// <summary>Names it in listings, logs and its own text; never given out again.</summary>
    public required string Id { get; init; }

    /// <summary>Whose data it opens.</summary>
    public required string Tenant { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>What it allows; see <see cref="KeyScopes"/>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>SHA-256 of its text.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }

    /// <summary>The hash of the text before the last rotation; empty without one.</summary>
    public ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary>Until when the text before the last rotation is accepted; null without one.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last made, rotated or revoked, UTC: how services find what is new.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>From when on it is no longer accepted; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Since when it is no longer accepted; null if it still is.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it last opened something, to within half a minute; null if it never did.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Networks that it may be used from, such as <c>10.0.0.0/8</c>; empty for all.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>For a publishable key, which pages show to everybody: the only site that it may send events of. Else null.</summary>
    public string? Site { get; init; }

    /// <summary>For a publishable key: the origins of the pages that may use it.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Counts its changes, from 1; uses are no changes.</summary>
    public long Version { get; init; } = 1;
}
