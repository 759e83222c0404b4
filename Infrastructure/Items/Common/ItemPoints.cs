using Contracts.Items;

namespace Infrastructure.Items.Common;

/// <summary>Points made of counts that are read from the newest to the oldest.</summary>
/// <param name="unit">How long each lasts.</param>
/// <param name="limit">Maximum number.</param>
internal sealed class ItemPoints(ItemUnit unit, int limit)
{
    private readonly Dictionary<long, long> counts = [];
    private readonly ItemSpan span = ItemTime.SpanOf(unit);

    /// <summary>Whether all points within the limit are complete, once nothing newer is left to read: there is one beyond it.</summary>
    public bool IsFull => counts.Count > limit;

    /// <summary>Adds the count of one span.</summary>
    /// <param name="number">The span's number.</param>
    /// <param name="count">How many there were; 0 is no point.</param>
    public void Add(long number, long count)
    {
        if (count != 0)
        {
            var start = unit.StartOf(number * ItemTime.LengthOf(span));
            counts[start] = counts.GetValueOrDefault(start) + count;
        }
    }

    /// <summary>The newest of them, newest first.</summary>
    public IReadOnlyList<ItemPoint> ToList() =>
        [.. counts.OrderByDescending(each => each.Key).Take(limit).Select(each => new ItemPoint(each.Key, each.Value))];
}
