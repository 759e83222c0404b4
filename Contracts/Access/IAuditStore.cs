namespace Contracts.Access;

/// <summary>What was done, by whom. A returned write is durable.</summary>
/// <remarks>Every call throws <see cref="Storage.StoreUnavailableException"/> when the store did not reply.</remarks>
public interface IAuditStore
{
    /// <summary>Adds an entry.</summary>
    Task AddAsync(AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>Entries, the latest first.</summary>
    Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken);

    /// <summary>Deletes entries from before an instant.</summary>
    /// <returns>How many.</returns>
    Task<long> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken);
}
