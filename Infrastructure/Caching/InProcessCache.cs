using Contracts.Caching;
using Microsoft.Extensions.Caching.Memory;

namespace Infrastructure.Caching;

/// <summary>The in-process cache: bounded in bytes, least used entries are evicted first.</summary>
internal sealed class InProcessCache : IReadCache, IDisposable
{
    private const long MaxBytes = 16 << 20;
    private const int MaxValueBytes = 1 << 20;

    /// <summary>About what an entry takes beside its value.</summary>
    private const int EntryBytes = 256;

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    public Task<ReadOnlyMemory<byte>?> FindAsync(string tenant, string key, CancellationToken cancellationToken) =>
        Task.FromResult(cache.TryGetValue((tenant, key), out byte[]? value) ? value : (ReadOnlyMemory<byte>?)null);

    public void Put(string tenant, string key, ReadOnlyMemory<byte> value, TimeSpan lifetime)
    {
        if (value.Length > MaxValueBytes)
        {
            cache.Remove((tenant, key));
            return;
        }

        cache.Set((tenant, key), value.ToArray(), new MemoryCacheEntryOptions
        {
            Size = EntryBytes + value.Length,
            AbsoluteExpirationRelativeToNow = Lifetimes.Jittered(lifetime),
        });
    }

    public void Dispose() => cache.Dispose();
}
