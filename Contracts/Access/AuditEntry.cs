namespace Contracts.Access;

/// <summary>Something that a caller did to what is there. Entries are added and read, and deleted by their age alone.</summary>
public sealed record AuditEntry
{
    /// <summary>Names it; later entries have later ids.</summary>
    public required string Id { get; init; }

    /// <summary>When it was done, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whose data it was about.</summary>
    public required string Tenant { get; init; }

    /// <summary>What people call the key that it was done with; anybody where none was needed.</summary>
    public required string Actor { get; init; }

    /// <summary>The key's id; null where none was needed.</summary>
    public string? KeyId { get; init; }

    /// <summary>What was done: the operation's name in the API's document.</summary>
    public required string Action { get; init; }

    /// <summary>To what: the path that was called, without its query.</summary>
    public required string Target { get; init; }

    /// <summary>SHA-256 of what was there before, in hexadecimal; null if that is not known, or nothing was.</summary>
    public string? Before { get; init; }

    /// <summary>SHA-256 of what was there afterwards.</summary>
    public string? After { get; init; }

    /// <summary>The address that it came from.</summary>
    public string? Address { get; init; }

    /// <summary>The status that it was answered with.</summary>
    public required int Outcome { get; init; }
}
