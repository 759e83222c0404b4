using Contracts.Sites;

namespace Producer.Sites;

/// <summary>Counts a period by reading its raw events in time order, once.</summary>
/// <param name="store">The store.</param>
/// <param name="tenant">Whose.</param>
/// <param name="query">What is asked.</param>
/// <param name="maxEvents">Maximum number of events that are read.</param>
internal sealed class SiteScan(ISiteStore store, string tenant, SiteStatsQuery query, int maxEvents)
{
    private const int PageSize = 5_000;

    /// <summary>Counts everything, visits included.</summary>
    /// <param name="from">The period's first instant.</param>
    /// <param name="to">The first instant after it.</param>
    /// <param name="boundaries">The steps' boundaries.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <returns>Null if there are more events than may be read.</returns>
    public async Task<SitePeriod?> RunAsync(long from, long to, IReadOnlyList<long> boundaries, CancellationToken cancellationToken)
    {
        var period = new SitePeriod(boundaries) { HasVisits = true };
        var visits = new VisitTracker(from, to, visit => Count(period, visit));

        // What came just before tells whether a visit began before; what came after, when it ended.
        var first = Math.Max(query.Purged, from < long.MinValue + VisitTracker.MaxPause ? long.MinValue : from - VisitTracker.MaxPause);
        var (read, after) = (0, (SiteEventCursor?)null);
        while (true)
        {
            var page = await store.ReadAsync(
                tenant, query.Site, new SiteEventRange(first, long.MaxValue, PageSize) { After = after }, cancellationToken);
            read += page.Count;
            if (read > maxEvents + PageSize)
            {
                return null;
            }

            foreach (var stored in page)
            {
                if (visits.IsOver(stored.Event.At))
                {
                    visits.Complete();
                    return period;
                }

                if (query.Matches(stored.Event))
                {
                    See(period, visits, stored, from, to);
                }
            }

            if (page.Count < PageSize)
            {
                visits.Complete();
                return period;
            }

            after = page[^1].Cursor;
        }
    }

    private void See(SitePeriod period, VisitTracker visits, StoredSiteEvent stored, long from, long to)
    {
        var (each, visitor) = (stored.Event, stored.Visitor);
        if (each.At >= from && each.At < to)
        {
            period.Total.Add(each, visitor);
            period.StepOf(each.At).Add(each, visitor);
            if (!each.IsBot)
            {
                period.Types![each.Type] = period.Types.GetValueOrDefault(each.Type) + 1;
                if (each.IsView)
                {
                    period.Paths![each.Path] = period.Paths.GetValueOrDefault(each.Path) + 1;
                }
            }

            if (query.Breakdown is { } dimension)
            {
                var value = dimension.ValueOf(each) ?? string.Empty;
                if (!period.Breakdown.TryGetValue(value, out var totals))
                {
                    period.Breakdown[value] = totals = new SiteTotals();
                }

                totals.Add(each, visitor);
            }
        }

        if (visitor is { } who && !each.IsBot)
        {
            visits.See(who, each.At);
        }
    }

    private static void Count(SitePeriod period, Visit visit)
    {
        foreach (var totals in new[] { period.Total, period.StepOf(visit.First) })
        {
            totals.Visits++;
            totals.Bounces += visit.Events == 1 ? 1 : 0;
            totals.VisitTicks += visit.Last - visit.First;
        }
    }
}
