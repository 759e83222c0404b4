using Contracts.Revenue;

namespace Infrastructure.Revenue.Common;

/// <summary>
/// Sums by steps of any lengths, out of sums by minutes and days: days where a step contains whole ones, and minutes for the rest.
/// </summary>
internal sealed class RevenueSteps
{
    private readonly IReadOnlyList<long> boundaries;
    private readonly long[] minutes;
    private readonly SortedDictionary<(int Step, string Currency), RevenueDelta> sums =
        new(Comparer<(int Step, string Currency)>.Create(static (a, b) =>
            a.Step != b.Step ? a.Step.CompareTo(b.Step) : string.CompareOrdinal(a.Currency, b.Currency)));

    /// <param name="boundaries">Where the steps begin, and the end of the last one.</param>
    /// <param name="purged">The beginning of the first day that is there; what is before it may be there in part.</param>
    /// <exception cref="ArgumentException">There are fewer than two, or they do not ascend.</exception>
    public RevenueSteps(IReadOnlyList<long> boundaries, long purged)
    {
        if (boundaries.Count < 2 || boundaries.Zip(boundaries.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new ArgumentException("Boundaries of steps ascend, and there are two at least.", nameof(boundaries));
        }

        this.boundaries = boundaries;
        var first = RevenueTime.MinuteOf(purged);
        minutes = [.. boundaries.Select((at, index) => Math.Max(
            first, index == boundaries.Count - 1 ? RevenueTime.EndMinuteOf(at) : RevenueTime.MinuteOf(at)))];
    }

    /// <summary>What is to be read: ranges of minutes or days, in time order, from the first number to that after the last.</summary>
    public IReadOnlyList<(RevenueSpan Span, long From, long To)> Ranges()
    {
        var ranges = new List<(RevenueSpan Span, long From, long To)>();
        foreach (var (from, to) in minutes.Zip(minutes.Skip(1)))
        {
            var firstDay = -RevenueTime.Floor(-from, RevenueTime.MinutesOfDay);
            var endDay = RevenueTime.Floor(to, RevenueTime.MinutesOfDay);
            if (firstDay < endDay)
            {
                Add(RevenueSpan.Minute, from, firstDay * RevenueTime.MinutesOfDay);
                Add(RevenueSpan.Day, firstDay, endDay);
                Add(RevenueSpan.Minute, endDay * RevenueTime.MinutesOfDay, to);
            }
            else
            {
                Add(RevenueSpan.Minute, from, to);
            }
        }

        return ranges;

        void Add(RevenueSpan span, long from, long to)
        {
            if (from >= to)
            {
                return;
            }

            // Neighbours are read together: the steps of a year by days are one range.
            if (ranges.Count > 0 && ranges[^1].Span == span && ranges[^1].To == from)
            {
                ranges[^1] = (span, ranges[^1].From, to);
            }
            else
            {
                ranges.Add((span, from, to));
            }
        }
    }

    /// <summary>Adds what was read of one minute or day of such a range.</summary>
    public void Add(RevenueSpan span, long number, string currency, RevenueDelta sum)
    {
        var minute = span == RevenueSpan.Day ? number * RevenueTime.MinutesOfDay : number;

        // The last step that begins at or before it: those before it that begin there, too, are empty.
        var (low, high) = (0, minutes.Length - 2);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = minutes[middle] <= minute ? (middle, high) : (low, middle - 1);
        }

        sums[(low, currency)] = sums.GetValueOrDefault((low, currency)) + sum;
    }

    /// <summary>All of them, empty ones left out.</summary>
    public IReadOnlyList<RevenueSum> ToSums() =>
        [.. sums.Where(each => each.Value.Events > 0).Select(each => new RevenueSum(
            boundaries[each.Key.Step], each.Key.Currency, each.Value.Added, each.Value.Subtracted, each.Value.Events))];
}
