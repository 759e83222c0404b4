using System.Text.Json;
using Contracts.Timers;
using Producer.Live;

namespace Producer.Timers;

/// <summary>Timers as live streams show them: the newest ones, then each that was created, has changed, or has fired.</summary>
internal sealed class TimerLive(ITimerStore store) : ILiveSource
{
    /// <summary>Timers of a snapshot: however many are stored, a client is shown so many.</summary>
    public const int Newest = 1_000;

    private const int PageSize = 200;

    /// <summary>Timers of one read: their rows come with bodies of up to 256 KiB, of which nothing is shown.</summary>
    private const int MaxRows = 50;

    private readonly SingleFlight<(string Tenant, string? Tag), IReadOnlyList<IReadOnlyList<LiveValue>>> snapshots = new();

    public string Feed => TimerMessages.Topic;

    /// <summary>Claims are not told, so that a timer costs one change when it fires; nor is what the retention deletes.</summary>
    public TimeSpan? Refresh { get; } = TimeSpan.FromSeconds(15);

    public async Task<IReadOnlyList<LiveValue>> ReadAsync(
        string tenant, IReadOnlyList<string> keys, Func<string, bool> isWatched, CancellationToken cancellationToken)
    {
        var values = new List<LiveValue>(keys.Count);
        foreach (var some in keys.Chunk(MaxRows))
        {
            var ids = some.ToDictionary(key => TimerKey.FromId(tenant, key));
            var found = (await store.FindAsync(tenant, [.. ids.Keys], cancellationToken)).ToDictionary(row => row.Key);
            foreach (var (key, id) in ids)
            {
                values.Add(!found.TryGetValue(key, out var row) ? LiveValue.Gone(id)
                    : Write(id, row, isWatched(id) && row.Attempts > 0
                        ? await store.FindLastAttemptAsync(tenant, key, cancellationToken) : null));
            }
        }

        return values;
    }

    public async IAsyncEnumerable<IReadOnlyList<LiveValue>> ReadAllAsync(
        string tenant, LiveFilter filter,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Not cancelled by one of those who share it.
        foreach (var page in await snapshots.RunAsync((tenant, filter.Group), ReadNewestAsync).WaitAsync(cancellationToken))
        {
            yield return page;
        }
    }

    private async Task<IReadOnlyList<IReadOnlyList<LiveValue>>> ReadNewestAsync((string Tenant, string? Tag) whose)
    {
        var pages = new List<IReadOnlyList<LiveValue>>();
        TimerCursor? next = null;
        var left = Newest;
        do
        {
            var query = new TimerQuery
            {
                Tenant = whose.Tenant,
                Tags = whose.Tag is null ? [] : [whose.Tag],
                Cursor = next,
                Limit = Math.Min(PageSize, left),
            };
            var page = await store.ListAsync(query, CancellationToken.None);
            if (page.Items.Count > 0)
            {
                pages.Add([.. page.Items.Select(row => Write(TimerNotices.KeyOf(row.Id), row, lastAttempt: null))]);
            }

            (next, left) = (page.Next, left - page.Items.Count);
        }
        while (next is not null && left > 0);

        return pages;
    }

    private static LiveValue Write(string key, TimerRecord row, AttemptRecord? lastAttempt) => new(
        key,
        JsonSerializer.SerializeToUtf8Bytes(LiveTimerResource.From(row, lastAttempt), TimerResourcesJson.Http.LiveTimerResource),
        row.Spec.Tags ?? []);
}
