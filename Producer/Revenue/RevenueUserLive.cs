using System.Runtime.CompilerServices;
using System.Text.Json;
using Contracts.Revenue;
using Producer.Live;

namespace Producer.Revenue;

/// <summary>Users as live streams show them: all balances, and the last entries of one that is watched.</summary>
internal sealed class RevenueUserLive(IRevenueStore store) : ILiveSource
{
    /// <summary>Entries that are shown of a user.</summary>
    public const int Recent = 10;

    private const int PageSize = 200;

    public string Feed => RevenueMessages.Topic;

    public async Task<IReadOnlyList<LiveValue>> ReadAsync(
        string tenant, IReadOnlyList<string> keys, Func<string, bool> isWatched, CancellationToken cancellationToken)
    {
        var found = (await store.FindAsync(tenant, keys, cancellationToken)).ToDictionary(user => user.Id, StringComparer.Ordinal);
        var values = new List<LiveValue>(keys.Count);
        foreach (var key in keys)
        {
            values.Add(!found.TryGetValue(key, out var user) ? LiveValue.Gone(key)
                : Write(user, isWatched(key)
                    ? await store.ReadAsync(tenant, key, RevenueRange.Of(Recent) with { IsNewestFirst = true }, cancellationToken) : null));
        }

        return values;
    }

    public async IAsyncEnumerable<IReadOnlyList<LiveValue>> ReadAllAsync(
        string tenant, LiveFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await store.ListAsync(tenant, after, PageSize, cancellationToken);
            yield return [.. page.Items.Select(user => Write(user, null))];
            after = page.Next;
        }
        while (after is not null);
    }

    private static LiveValue Write(RevenueUser user, IReadOnlyList<LedgerEntry>? recent)
    {
        var resource = RevenueUserResource.From(user) with
        {
            Recent = recent is null ? null : [.. recent.Select(LedgerEntryResource.From)],
        };
        return new LiveValue(
            user.Id, JsonSerializer.SerializeToUtf8Bytes(resource, RevenueResourcesJson.Http.RevenueUserResource), []);
    }
}
