using System.Collections.Concurrent;
using Contracts.Caching;

namespace Tests.Support;

/// <summary>A cache that never forgets anything by itself.</summary>
internal sealed class ManualCache : IReadCache
{
    private readonly ConcurrentDictionary<(string Tenant, string Key), ReadOnlyMemory<byte>> values = new();

    public int Count => values.Count;

    public void Flush() => values.Clear();

    public Task<ReadOnlyMemory<byte>?> FindAsync(string tenant, string key, CancellationToken cancellationToken) =>
        Task.FromResult(values.TryGetValue((tenant, key), out var value) ? value : (ReadOnlyMemory<byte>?)null);

    public void Put(string tenant, string key, ReadOnlyMemory<byte> value, TimeSpan lifetime) => values[(tenant, key)] = value.ToArray();
}
