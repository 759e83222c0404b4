namespace Contracts.Access;

/// <summary>The keys of all tenants. A returned write is durable; a key is never deleted, only revoked.</summary>
/// <remarks>Every call throws <see cref="Storage.StoreUnavailableException"/> when the store did not reply.</remarks>
public interface IKeyStore
{
    /// <summary>Adds a key unless its id is taken: of several that add the same id, one succeeds.</summary>
    Task<bool> TryAddAsync(ApiKey key, CancellationToken cancellationToken);

    /// <summary>One key; null if there is none.</summary>
    Task<ApiKey?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Every key that was changed at or after an instant.</summary>
    Task<IReadOnlyList<ApiKey>> ReadChangedAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Keys in the order of their ids.</summary>
    /// <param name="tenant">Only those of this tenant; null for all.</param>
    /// <param name="after">Only ids after this one; null from the beginning.</param>
    /// <param name="limit">Maximum number, at least 1.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    Task<IReadOnlyList<ApiKey>> ListAsync(string? tenant, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Changes a key if it still has the version that the caller read.</summary>
    /// <param name="read">The key as it was read.</param>
    /// <param name="changed">What to put in its place; it gets the next version and keeps its last use.</param>
    /// <param name="cancellationToken">Stops the waiting; the change may still happen.</param>
    /// <returns>False if it was changed meanwhile.</returns>
    Task<bool> TryReplaceAsync(ApiKey read, ApiKey changed, CancellationToken cancellationToken);

    /// <summary>Notes when keys were last used; an earlier instant than the stored one changes nothing.</summary>
    Task NoteUseAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken);
}
