using Contracts.Common;
using Contracts.Sites;

namespace Producer.Sites;

/// <summary>
/// Counts a period from stored sums: whole days, then minutes, and raw events only for what is left of minutes and hours at its ends.
/// </summary>
/// <param name="store">Where the sums are read.</param>
/// <param name="tenant">The tenant whose data it is about.</param>
/// <param name="site">The site's id.</param>
/// <param name="purged">The first instant that is kept.</param>
internal sealed class SiteSums(ISiteStore store, string tenant, string site, long purged)
{
    private const int PageSize = 5_000;

    /// <summary>Counts and visitors of a period and its steps.</summary>
    /// <remarks>Steps whose boundaries are no whole hours have no visitors: that would read all events.</remarks>
    public async Task<SitePeriod> RunAsync(long from, long to, IReadOnlyList<long> boundaries, CancellationToken cancellationToken)
    {
        var period = new SitePeriod(boundaries);
        var inner = boundaries.Skip(1).Take(boundaries.Count - 2).ToList();
        var byDay = inner.TrueForAll(at => at % TimeSpan.TicksPerDay == 0);
        foreach (var counts in await CountAsync(from, to, byDay, cancellationToken))
        {
            period.Total.Add(counts);
            period.StepOf(counts.At).Add(counts);
        }

        await CollectAsync(period.Total, from, to, cancellationToken);
        period.HasStepVisitors = inner.TrueForAll(at => at % TimeSpan.TicksPerHour == 0);
        for (var i = 0; i < period.Steps.Count && period.HasStepVisitors; i++)
        {
            await CollectAsync(
                period.Steps[i], Math.Max(from, boundaries[i]), Math.Min(to, boundaries[i + 1]), cancellationToken);
        }

        return period;
    }

    /// <summary>Counts of a span in pieces of a day at most, or of a minute at most.</summary>
    public async Task<IReadOnlyList<SiteCounts>> CountAsync(long from, long to, bool byDay, CancellationToken cancellationToken)
    {
        (from, to) = Clamp(from, to);
        var counts = new List<SiteCounts>();
        var (minute, lastMinute) = (Ceiling(from, TimeSpan.TicksPerMinute), Floor(to, TimeSpan.TicksPerMinute));
        if (minute > lastMinute)
        {
            counts.AddRange(await CountRawAsync(from, to, cancellationToken));
            return counts;
        }

        counts.AddRange(await CountRawAsync(from, minute, cancellationToken));
        var (day, lastDay) = (Ceiling(minute, TimeSpan.TicksPerDay), Floor(lastMinute, TimeSpan.TicksPerDay));
        if (byDay && day < lastDay)
        {
            counts.AddRange(await store.ReadCountsAsync(tenant, site, SiteSpan.Minute, minute, day, cancellationToken));
            counts.AddRange(await store.ReadCountsAsync(tenant, site, SiteSpan.Day, day, lastDay, cancellationToken));
            counts.AddRange(await store.ReadCountsAsync(tenant, site, SiteSpan.Minute, lastDay, lastMinute, cancellationToken));
        }
        else
        {
            counts.AddRange(await store.ReadCountsAsync(tenant, site, SiteSpan.Minute, minute, lastMinute, cancellationToken));
        }

        counts.AddRange(await CountRawAsync(lastMinute, to, cancellationToken));
        return counts;
    }

    /// <summary>Counts by name of a span: whole days as they are summed, and raw events of what is left of days at its ends.</summary>
    /// <param name="series">Types or paths.</param>
    /// <param name="from">Its first instant.</param>
    /// <param name="to">The first instant after it.</param>
    /// <param name="maxEvents">Maximum number of raw events that are read.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    /// <returns>Null if there are more.</returns>
    public async Task<Dictionary<string, long>?> SumAsync(
        SiteSeries series, long from, long to, int maxEvents, CancellationToken cancellationToken)
    {
        (from, to) = Clamp(from, to);
        var (day, lastDay) = (Ceiling(from, TimeSpan.TicksPerDay), Floor(to, TimeSpan.TicksPerDay));
        (long From, long To)[] rest = day < lastDay ? [(from, day), (lastDay, to)] : [(from, to)];
        var events = 0L;
        foreach (var (begin, end) in rest)
        {
            events += (await CountAsync(begin, end, byDay: true, cancellationToken)).Sum(each => each.Events + each.BotEvents);
        }

        if (events > maxEvents)
        {
            return null;
        }

        var sums = day < lastDay
            ? new Dictionary<string, long>(
                await store.SumAsync(tenant, site, series, day, lastDay, cancellationToken), StringComparer.Ordinal)
            : new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (begin, end) in rest)
        {
            await foreach (var each in ReadAsync(begin, end, cancellationToken))
            {
                if (!each.Event.IsBot && (series == SiteSeries.Types || each.Event.IsView))
                {
                    var name = series == SiteSeries.Types ? each.Event.Type : each.Event.Path;
                    sums[name] = sums.GetValueOrDefault(name) + 1;
                }
            }
        }

        return sums;
    }

    /// <summary>Adds who was there within a span.</summary>
    public async Task CollectAsync(SiteTotals totals, long from, long to, CancellationToken cancellationToken)
    {
        (from, to) = Clamp(from, to);
        var (hour, lastHour) = (Ceiling(from, TimeSpan.TicksPerHour), Floor(to, TimeSpan.TicksPerHour));
        if (hour >= lastHour)
        {
            await CollectRawAsync(totals, from, to, cancellationToken);
            return;
        }

        await CollectRawAsync(totals, from, hour, cancellationToken);
        await CollectRawAsync(totals, lastHour, to, cancellationToken);
        var (day, lastDay) = (Ceiling(hour, TimeSpan.TicksPerDay), Floor(lastHour, TimeSpan.TicksPerDay));
        foreach (var (kind, into) in new[] { (VisitorKind.User, totals.Users), (VisitorKind.Anonymous, totals.Anonymous) })
        {
            if (day < lastDay)
            {
                await CollectAsync(kind, SiteSpan.Hour, hour, day, into, cancellationToken);
                await CollectAsync(kind, SiteSpan.Day, day, lastDay, into, cancellationToken);
                await CollectAsync(kind, SiteSpan.Hour, lastDay, lastHour, into, cancellationToken);
            }
            else
            {
                await CollectAsync(kind, SiteSpan.Hour, hour, lastHour, into, cancellationToken);
            }
        }
    }

    private async Task CollectAsync(
        VisitorKind kind, SiteSpan span, long from, long to, UniqueCounter into, CancellationToken cancellationToken)
    {
        if (from < to)
        {
            await store.CollectVisitorsAsync(tenant, site, kind, span, from, to, into, cancellationToken);
        }
    }

    private async Task CollectRawAsync(SiteTotals totals, long from, long to, CancellationToken cancellationToken)
    {
        await foreach (var each in ReadAsync(from, to, cancellationToken))
        {
            if (each.Visitor is { } who && !each.Event.IsBot)
            {
                (each.Event.User is null ? totals.Anonymous : totals.Users).Add(who);
            }
        }
    }

    private async Task<List<SiteCounts>> CountRawAsync(long from, long to, CancellationToken cancellationToken)
    {
        var counts = new List<SiteCounts>();
        await foreach (var each in ReadAsync(from, to, cancellationToken))
        {
            counts.Add(new SiteCounts(
                each.Event.At, each.Event.IsBot ? 0 : 1, each.Event.IsView ? 1 : 0, each.Event.IsBot ? 1 : 0));
        }

        return counts;
    }

    /// <summary>Raw events of a span.</summary>
    public async IAsyncEnumerable<StoredSiteEvent> ReadAsync(
        long from, long to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SiteEventCursor? after = null;
        while (from < to)
        {
            var page = await store.ReadAsync(
                tenant, site, new SiteEventRange(from, to, PageSize) { After = after }, cancellationToken);
            foreach (var each in page)
            {
                yield return each;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            after = page[^1].Cursor;
        }
    }

    /// <summary>To what is kept, and to what is a year.</summary>
    private (long From, long To) Clamp(long from, long to)
    {
        var first = Math.Max(Math.Max(from, purged), TickTime.Of(DateTimeOffset.MinValue));
        return (first, Math.Max(first, Math.Min(to, TickTime.Of(DateTimeOffset.MaxValue))));
    }

    private static long Floor(long at, long length) => at - (((at % length) + length) % length);

    private static long Ceiling(long at, long length) => Floor(at, length) == at ? at : Floor(at, length) + length;
}
