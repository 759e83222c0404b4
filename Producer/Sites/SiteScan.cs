using Contracts.Sites;

namespace Producer.Sites;

/// <summary>Counts a period by reading its raw events in time order, once.</summary>
/// <param name="store">Where the raw events are read.</param>
/// <param name="tenant">The tenant whose data it is about.</param>
/// <param name="query">The request, of which the filter is applied.</param>
/// <param name="maxEvents">Maximum number of events that are read.</param>
internal sealed class SiteScan(ISiteStore store, string tenant, SiteStatsQuery query, int maxEvents)
{
    private const int PageSize = 5_000;

    /// <summary>Counts everything, visits included.</summary>
    /// <param name="from">The period's first instant.</param>
    /// <param name="to">The first instant after it.</param>
    /// <param name="boundaries">The steps' boundaries.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    /// <returns>Null if there are more events than may be read.</returns>
    public async Task<SitePeriod?> RunAsync(long from, long to, IReadOnlyList<long> boundaries, CancellationToken cancellationToken)
    {
        var period = new SitePeriod(boundaries) { HasVisits = true };
        var horizon = new VisitHorizon(from, to);
        var visits = new VisitTracker<long>(horizon, (_, visit) => Count(period, visit));
        var values = new VisitTracker<(string Value, long Visitor)>(
            horizon, (key, visit) => period.Breakdown[key.Value].Count(visit));

        // What came just before tells whether a visit began before; what came after, when it ended.
        var first = Math.Max(query.Purged, from < long.MinValue + VisitHorizon.MaxPause ? long.MinValue : from - VisitHorizon.MaxPause);
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
                if (horizon.IsOver(stored.Event.At))
                {
                    return Complete();
                }

                if (query.Matches(stored.Event))
                {
                    See(period, stored, from, to);
                    SeeVisit(visits, values, stored);
                }
            }

            if (page.Count < PageSize)
            {
                return Complete();
            }

            after = page[^1].Cursor;
        }

        SitePeriod Complete()
        {
            visits.Complete();
            values.Complete();
            return period;
        }
    }

    private void See(SitePeriod period, StoredSiteEvent stored, long from, long to)
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
                var value = ValueOf(dimension, each);
                if (!period.Breakdown.TryGetValue(value, out var totals))
                {
                    period.Breakdown[value] = totals = new SiteTotals();
                }

                totals.Add(each, visitor);
            }
        }

    }

    /// <summary>Those of a value are cut from its own events, so that they are what a filter by that value says.</summary>
    private void SeeVisit(VisitTracker<long> visits, VisitTracker<(string Value, long Visitor)> values, StoredSiteEvent stored)
    {
        if (stored.Visitor is not { } who || stored.Event.IsBot)
        {
            return;
        }

        visits.See(who, stored.Event.At);
        if (query.Breakdown is { } dimension)
        {
            values.See((ValueOf(dimension, stored.Event), who), stored.Event.At);
        }
    }

    private static string ValueOf(SiteDimension dimension, SiteEvent siteEvent) => dimension.ValueOf(siteEvent) ?? string.Empty;

    private static void Count(SitePeriod period, Visit visit)
    {
        period.Total.Count(visit);
        period.StepOf(visit.First).Count(visit);
    }
}
