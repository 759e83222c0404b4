namespace Contracts.Signing;

/// <summary>The signing secrets of all tenants. A returned write is durable.</summary>
/// <remarks>Every call throws <see cref="Storage.StoreUnavailableException"/> when the store did not reply.</remarks>
public interface ISigningSecretStore
{
    /// <summary>Adds a secret unless its id is taken, be it by a deleted one: of several that add the same id, one succeeds.</summary>
    Task<bool> TryAddAsync(SigningSecret secret, CancellationToken cancellationToken);

    /// <summary>One secret, a deleted one included; null if there is none.</summary>
    Task<SigningSecret?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Every secret that was changed at or after an instant, deleted ones included.</summary>
    Task<IReadOnlyList<SigningSecret>> ReadChangedAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>A tenant's secrets in the order of their ids, without deleted ones.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="after">Only ids after this one; null from the beginning.</param>
    /// <param name="limit">Maximum number, at least 1.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    Task<IReadOnlyList<SigningSecret>> ListAsync(string tenant, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Changes a secret if it still has the version that the caller read.</summary>
    /// <param name="read">The secret as it was read.</param>
    /// <param name="changed">What to put in its place; it gets the next version.</param>
    /// <param name="cancellationToken">Stops the waiting; the change may still happen.</param>
    /// <returns>False if it was changed meanwhile.</returns>
    Task<bool> TryReplaceAsync(SigningSecret read, SigningSecret changed, CancellationToken cancellationToken);

    /// <summary>Forgets secrets that were deleted before an instant.</summary>
    /// <returns>How many.</returns>
    Task<long> PurgeAsync(DateTimeOffset deletedBefore, CancellationToken cancellationToken);
}
