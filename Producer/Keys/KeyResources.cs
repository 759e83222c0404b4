using Contracts.Access;

namespace Producer.Keys;

/// <summary>A key as clients see it; its text only when it was just made.</summary>
internal sealed record KeyResource
{
    /// <summary>Names it, and stands in its text.</summary>
    public required string Id { get; init; }

    /// <summary>The key itself, shown this once; absent in later answers.</summary>
    public string? Key { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Whose data it opens.</summary>
    public required string Tenant { get; init; }

    /// <summary>active, expired or revoked.</summary>
    public required string State { get; init; }

    /// <summary>What it allows.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it expires; absent if it does not.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was last used, to within half a minute; absent if it never was.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Until when the key before the last rotation is accepted, too.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>Networks that it may be used from; absent for all.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>For a publishable key: the site that it is for.</summary>
    public string? Site { get; init; }

    /// <summary>For a publishable key: origins of the pages that may use it.</summary>
    public IReadOnlyList<string>? Origins { get; init; }

    public static KeyResource From(ApiKey key, DateTimeOffset now, KeyText? text = null) => new()
    {
        Id = key.Id,
        Key = text?.Text,
        Name = key.Name,
        Tenant = key.Tenant,
        State = key.RevokedAt is not null ? "revoked" : now >= key.ExpiresAt ? "expired" : "active",
        Scopes = key.Scopes,
        CreatedAt = key.CreatedAt,
        ExpiresAt = key.ExpiresAt,
        RevokedAt = key.RevokedAt,
        LastUsedAt = key.LastUsedAt,
        PreviousUntil = now < key.PreviousUntil ? key.PreviousUntil : null,
        Addresses = key.Addresses.Count == 0 ? null : key.Addresses,
        Site = key.Site,
        Origins = key.Origins.Count == 0 ? null : key.Origins,
    };
}

/// <summary>A page of keys.</summary>
/// <param name="Items">In the order of their ids.</param>
/// <param name="Next">The cursor of the next page; absent at the end.</param>
internal sealed record KeyList(IReadOnlyList<KeyResource> Items, string? Next);

/// <summary>A key to be made.</summary>
internal sealed record KeyRequest
{
    /// <summary>What people call it, 1 to 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>What it allows: read, write or control, each for one slice if need be, as in timers:read; metrics; admin.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Whose data it opens; the caller's if it is missing. Administrators of the default tenant may name another.</summary>
    public string? Tenant { get; init; }

    /// <summary>When it expires; never if it is missing.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Networks or addresses that it may be used from; all if it is missing.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>Makes it publishable: it may only send events of this site.</summary>
    public string? Site { get; init; }

    /// <summary>For a publishable key: origins of the pages that may use it.</summary>
    public IReadOnlyList<string>? Origins { get; init; }
}

/// <summary>A rotation.</summary>
internal sealed record KeyRotation
{
    /// <summary>How long the key before it is accepted, too, up to 30 days; not at all if it is missing.</summary>
    public TimeSpan? Overlap { get; init; }
}

/// <summary>A token for live streams.</summary>
/// <param name="Token">For the query: <c>?access_token=…</c>.</param>
/// <param name="ExpiresAt">Until when it opens streams; they last as long as the key.</param>
internal sealed record StreamTokenResource(string Token, DateTimeOffset ExpiresAt);
