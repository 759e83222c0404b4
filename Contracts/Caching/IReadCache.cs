namespace Contracts.Caching;

/// <summary>
/// Copies of what was read, for a while. Disposable: it may forget anything at any time, and a cache that fails is an empty one.
/// </summary>
/// <remarks>Never throws but for cancellation, and never takes longer than a bounded moment (100 ms).</remarks>
public interface IReadCache
{
    /// <summary>The tenant's value under a key, or null when there is none to be had.</summary>
    Task<ReadOnlyMemory<byte>?> FindAsync(string tenant, string key, CancellationToken cancellationToken);

    /// <summary>Keeps a value, in place of any before. Does not wait for it to be kept.</summary>
    /// <param name="tenant">The owner; tenants do not see each other's values.</param>
    /// <param name="key">At most 200 characters.</param>
    /// <param name="value">At most 1 MiB; a larger one is not kept.</param>
    /// <param name="lifetime">
    /// About how long, at least 1 s; up to a fifth is added or taken, so that what came together does not go together.
    /// </param>
    void Put(string tenant, string key, ReadOnlyMemory<byte> value, TimeSpan lifetime);
}
