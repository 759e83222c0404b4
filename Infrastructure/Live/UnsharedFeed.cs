using System.Runtime.CompilerServices;
using Contracts.Live;

namespace Infrastructure.Live;

/// <summary>The feed of a cluster without Redis: what one process does no other one hears of.</summary>
internal sealed class UnsharedFeed : ILiveFeed
{
    public bool IsShared => false;

    public Task<bool> PublishAsync(string tenant, string feed, ReadOnlyMemory<byte> change, CancellationToken cancellationToken) =>
        Task.FromResult(true);

    public Task<string?> FindPositionAsync(string tenant, string feed, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);

    public async IAsyncEnumerable<LiveChange> WatchAsync(
        string tenant, string feed, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        yield break;
    }
}
