using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Contracts.Common;
using Contracts.Items;
using Contracts.Storage;
using Producer.Live;

namespace Producer.Items;

/// <summary>One statistic by one unit, as the first item service's streams show it: the whole series as one value.</summary>
internal sealed class ItemSeriesLive(IItemStore store, IStoreClock clock, string what, string unit) : ILiveSource
{
    private const string Key = "series";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private readonly ItemStatistic statistic = ItemStatistics.All[what];
    private readonly ItemUnit length = ItemStatistics.Units[unit];
    private readonly SingleFlight<string, LiveValue> reads = new();

    public string Feed { get; } = ItemMessages.FeedOf(ItemStatistics.All[what]);

    public string Name { get; } = $"items series {what} {unit}";

    public bool IsWhole => true;

    /// <summary>Four a second, and the one on connecting, are the five that a client is told at most.</summary>
    public TimeSpan Pace { get; } = TimeSpan.FromMilliseconds(250);

    public async Task<IReadOnlyList<LiveValue>> ReadAsync(
        string tenant, IReadOnlyList<string> keys, Func<string, bool> isWatched, CancellationToken cancellationToken) =>
        [await ReadAsync(tenant, cancellationToken)];

    public async IAsyncEnumerable<IReadOnlyList<LiveValue>> ReadAllAsync(
        string tenant, LiveFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return [await ReadAsync(tenant, cancellationToken)];
    }

    /// <summary>Those who connect at the same time share a read, which none of them cancels.</summary>
    private Task<LiveValue> ReadAsync(string tenant, CancellationToken cancellationToken) => reads.RunAsync(tenant, async whose =>
    {
        var points = await store.ReadNewestAsync(whose, statistic, length, clock, CancellationToken.None);
        SeedPoint[] series = [.. points.Select(point => new SeedPoint(
            TickTime.ToInstant(point.At).UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
            point.Count.ToString(CultureInfo.InvariantCulture)))];
        return new LiveValue(Key, JsonSerializer.SerializeToUtf8Bytes(series, ItemResourcesJson.Http.SeedPointArray), []);
    }).WaitAsync(cancellationToken);
}
