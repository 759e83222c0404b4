namespace Contracts.Access;

/// <summary>Which entries of the audit are read; null stands for all.</summary>
/// <param name="Tenant">Only those about this tenant's data.</param>
/// <param name="Limit">Maximum number, at least 1.</param>
public sealed record AuditQuery(string? Tenant, int Limit)
{
    /// <summary>Only those at or after this instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only those before this instant.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only those done with this key.</summary>
    public string? KeyId { get; init; }

    /// <summary>Only this action.</summary>
    public string? Action { get; init; }

    /// <summary>Only those with an id before this one.</summary>
    public string? Before { get; init; }
}
