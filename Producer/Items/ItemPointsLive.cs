using System.Runtime.CompilerServices;
using System.Text.Json;
using Contracts.Items;
using Contracts.Storage;
using Producer.Live;

namespace Producer.Items;

/// <summary>
/// One statistic by one unit, as live streams show it: the newest points, then those that have changed. A key of the feed is a second, of
/// which the units that it lies in are read, or that lie in it.
/// </summary>
internal sealed class ItemPointsLive(IItemStore store, IStoreClock clock, string what, string unit) : ILiveSource
{
    private readonly ItemStatistic statistic = ItemStatistics.All[what];
    private readonly ItemUnit length = ItemStatistics.Units[unit];
    private readonly SingleFlight<string, IReadOnlyList<LiveValue>> snapshots = new();

    public string Feed { get; } = ItemMessages.FeedOf(ItemStatistics.All[what]);

    public string Name { get; } = $"items {what} {unit}";

    public async Task<IReadOnlyList<LiveValue>> ReadAsync(
        string tenant, IReadOnlyList<string> keys, Func<string, bool> isWatched, CancellationToken cancellationToken)
    {
        // Of a key that stands for more than one point, all of them.
        var step = length.IsFine() ? ItemUnit.Second : length;
        SortedSet<long> starts = [.. keys.Select(ItemMessages.ReadLiveKey).OfType<long>().Select(at => step.StartOf(at))];
        if (starts.Count == 0)
        {
            return [];
        }

        // In one read, whatever their number: what is older than as many points as a snapshot has is in no client's view.
        var end = starts.Max + (length.IsFine() ? TimeSpan.TicksPerSecond : 1);
        var range = ItemStatistics.Within(new ItemPointRange(starts.Min, end, ItemStatistics.Points), length, clock);
        var points = await store.CountAsync(tenant, statistic, length, range, cancellationToken);
        var values = points.Where(point => starts.Contains(step.StartOf(point.At))).Select(Write).ToList();
        if (!length.IsFine())
        {
            var first = points.Count < range.Limit ? long.MinValue : points[^1].At;
            values.AddRange(starts.Where(start => start > first).Except(points.Select(point => point.At))
                .Select(start => LiveValue.Gone(ItemPointResource.TimeOf(start))));
        }

        return values;
    }

    public async IAsyncEnumerable<IReadOnlyList<LiveValue>> ReadAllAsync(
        string tenant, LiveFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Not cancelled by one of those who share it.
        yield return await snapshots.RunAsync(tenant, async whose =>
            [.. (await store.ReadNewestAsync(whose, statistic, length, clock, CancellationToken.None)).Select(Write)])
            .WaitAsync(cancellationToken);
    }

    private static LiveValue Write(ItemPoint point)
    {
        var resource = ItemPointResource.From(point);
        return new LiveValue(
            resource.Time, JsonSerializer.SerializeToUtf8Bytes(resource, ItemResourcesJson.Http.ItemPointResource), []);
    }
}
