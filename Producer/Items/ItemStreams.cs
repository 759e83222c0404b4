using Contracts.Items;
using Contracts.Storage;

namespace Producer.Items;

/// <summary>What the live streams of statistics read: a source for each statistic and unit.</summary>
internal sealed class ItemStreams(IItemStore store, IStoreClock clock)
{
    private readonly Dictionary<(string What, string Unit), ItemPointsLive> points =
        Each((what, unit) => new ItemPointsLive(store, clock, what, unit));

    private readonly Dictionary<(string What, string Unit), ItemSeriesLive> series =
        Each((what, unit) => new ItemSeriesLive(store, clock, what, unit));

    /// <summary>Point by point.</summary>
    public ItemPointsLive PointsOf(string what, string unit) => points[(what, unit)];

    /// <summary>The whole series, each time that it has changed.</summary>
    public ItemSeriesLive SeriesOf(string what, string unit) => series[(what, unit)];

    private static Dictionary<(string What, string Unit), TSource> Each<TSource>(Func<string, string, TSource> create) =>
        (from what in ItemStatistics.All.Keys from unit in ItemStatistics.Units.Keys select (what, unit))
        .ToDictionary(each => each, each => create(each.what, each.unit));
}
