using Contracts.Access;

namespace Producer.Keys;

/// <summary>Something that a caller did.</summary>
internal sealed record AuditResource
{
    /// <summary>Names the entry.</summary>
    public required string Id { get; init; }

    /// <summary>When it was done.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whose data it was about.</summary>
    public required string Tenant { get; init; }

    /// <summary>The name of the key that it was done with; anybody where none was needed.</summary>
    public required string Actor { get; init; }

    /// <summary>The key's id; absent where none was needed.</summary>
    public string? Key { get; init; }

    /// <summary>What was done: the operation's name in this document.</summary>
    public required string Action { get; init; }

    /// <summary>To what: the path that was called.</summary>
    public required string Target { get; init; }

    /// <summary>SHA-256 of what was there before; absent if that is not known.</summary>
    public string? Before { get; init; }

    /// <summary>SHA-256 of what was there afterwards.</summary>
    public string? After { get; init; }

    /// <summary>The address that it came from.</summary>
    public string? Address { get; init; }

    /// <summary>The status that it was answered with.</summary>
    public required int Outcome { get; init; }

    public static AuditResource From(AuditEntry entry) => new()
    {
        Id = entry.Id,
        At = entry.At,
        Tenant = entry.Tenant,
        Actor = entry.Actor,
        Key = entry.KeyId,
        Action = entry.Action,
        Target = entry.Target,
        Before = entry.Before,
        After = entry.After,
        Address = entry.Address,
        Outcome = entry.Outcome,
    };
}

/// <summary>A page of the audit.</summary>
/// <param name="Items">The latest come first.</param>
/// <param name="Next">The cursor of the next page; absent at the end.</param>
internal sealed record AuditList(IReadOnlyList<AuditResource> Items, string? Next);
