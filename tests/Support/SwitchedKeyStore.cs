using Contracts.Access;
using Contracts.Storage;

namespace Tests.Support;

/// <summary>Keys in memory, which cannot be reached while a test wants that.</summary>
public sealed class SwitchedKeyStore : IKeyStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ApiKey> keys = new(StringComparer.Ordinal);

    /// <summary>Whether every call fails.</summary>
    public bool IsDown { get; set; }

    public Task<bool> TryAddAsync(ApiKey key, CancellationToken cancellationToken) => RunAsync(() => keys.TryAdd(key.Id, key));

    public Task<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) => RunAsync(() => keys.GetValueOrDefault(id));

    public Task<IReadOnlyList<ApiKey>> ReadChangedAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<ApiKey>>(() => [.. keys.Values.Where(key => key.ChangedAt >= since)]);

    public Task<IReadOnlyList<ApiKey>> ListAsync(string? tenant, string? after, int limit, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<ApiKey>>(() =>
        [
            .. keys.Values.Where(key => (tenant is null || key.Tenant == tenant) && string.CompareOrdinal(key.Id, after) > 0)
                .OrderBy(key => key.Id, StringComparer.Ordinal).Take(limit),
        ]);

    public Task<bool> TryReplaceAsync(ApiKey read, ApiKey changed, CancellationToken cancellationToken) => RunAsync(() =>
    {
        if (keys[read.Id].Version != read.Version)
        {
            return false;
        }

        keys[read.Id] = changed with { Version = read.Version + 1 };
        return true;
    });

    public Task NoteUseAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken) => RunAsync(() => true);

    /// <summary>As another instance would, which reaches the store when this one does not.</summary>
    public void Revoke(string id, DateTimeOffset at)
    {
        lock (gate)
        {
            keys[id] = keys[id] with { RevokedAt = at, ChangedAt = at, Version = keys[id].Version + 1 };
        }
    }

    private Task<T> RunAsync<T>(Func<T> run)
    {
        lock (gate)
        {
            return IsDown ? Task.FromException<T>(new StoreUnavailableException(WriteOutcome.Refused, "The store does not answer."))
                : Task.FromResult(run());
        }
    }
}
