using Contracts.Common;
using Contracts.Items;
using Contracts.Storage;

namespace Producer.Items;

/// <summary>The names of statistics and units, and which points of them are told.</summary>
internal static class ItemStatistics
{
    /// <summary>Number of points that streams show, and answers where no limit is named.</summary>
    public const int Points = 1_000;

    /// <summary>How far back milliseconds and seconds are told.</summary>
    public static readonly TimeSpan Fine = TimeSpan.FromHours(1);

    /// <summary>Statistics by the names that they have in addresses.</summary>
    public static IReadOnlyDictionary<string, ItemStatistic> All { get; } = new Dictionary<string, ItemStatistic>(StringComparer.Ordinal)
    {
        ["items"] = ItemStatistic.Items,
        ["transfers"] = ItemStatistic.Transfers,
        ["users"] = ItemStatistic.Users,
    };

    /// <summary>Units by the names that they have in addresses.</summary>
    public static IReadOnlyDictionary<string, ItemUnit> Units { get; } = new Dictionary<string, ItemUnit>(StringComparer.Ordinal)
    {
        ["millisecond"] = ItemUnit.Millisecond,
        ["second"] = ItemUnit.Second,
        ["minute"] = ItemUnit.Minute,
        ["hour"] = ItemUnit.Hour,
        ["day"] = ItemUnit.Day,
        ["week"] = ItemUnit.Week,
        ["month"] = ItemUnit.Month,
        ["year"] = ItemUnit.Year,
    };

    /// <summary>Why there is no such statistic; null if there is.</summary>
    public static string? Problem(string what, string unit) =>
        !All.ContainsKey(what) ? $"There is no statistic '{what}'; there are {string.Join(", ", All.Keys)}."
        : !Units.ContainsKey(unit) ? $"There is no unit '{unit}'; there are {string.Join(", ", Units.Keys)}." : null;

    /// <summary>A range of points, of which milliseconds and seconds are told for the last hour only.</summary>
    public static ItemPointRange Within(ItemPointRange range, ItemUnit unit, IStoreClock clock) =>
        unit.IsFine()
            ? range with { From = Math.Max(range.From, TickTime.Of(clock.Now - Fine)) } : range;

    /// <summary>The newest points.</summary>
    public static Task<IReadOnlyList<ItemPoint>> ReadNewestAsync(
        this IItemStore store, string tenant, ItemStatistic what, ItemUnit unit, IStoreClock clock, CancellationToken cancellationToken) =>
        store.CountAsync(tenant, what, unit, Within(ItemPointRange.Of(Points), unit, clock), cancellationToken);
}
