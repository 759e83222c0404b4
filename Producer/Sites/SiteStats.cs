using Contracts.Common;
using Contracts.Sites;
using Contracts.Storage;
using Infrastructure.Sites;
using Microsoft.Extensions.Options;

namespace Producer.Sites;

/// <summary>Answers what is asked of a site: from its raw events as long as they are few enough, else from sums.</summary>
internal sealed class SiteStats(ISiteStore store, IStoreClock clock, IOptions<SiteOptions> options)
{
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(5);

    /// <returns>Null if only raw events could answer it, and there are too many of them.</returns>
    public async Task<SiteStatsResource?> AnswerAsync(string tenant, SiteStatsQuery query, CancellationToken cancellationToken)
    {
        query.Purged = await store.FindPurgedAsync(cancellationToken);
        var boundaries = query.Boundaries ?? [query.From, query.To];
        if (await CountAsync(tenant, query, query.From, query.To, boundaries, cancellationToken) is not { } period)
        {
            return null;
        }

        SitePeriod? previous = null;
        if (query.Compare && query.To - query.From is var length && query.From - TickTime.Of(DateTimeOffset.MinValue) >= length)
        {
            var from = query.From - length;
            previous = await CountAsync(tenant, query, from, query.From, [from, query.From], cancellationToken);
            if (previous is null)
            {
                return null;
            }
        }

        return SiteStatsResource.Of(
            query, period, previous, await CountLatelyAsync(tenant, query.Site, options.Value.MaxScan, cancellationToken),
            period.HasVisits || !query.Metrics.Contains("visits") ? null
                : $"The period has more than {options.Value.MaxScan} events, the most that visits are counted of.");
    }

    private async Task<SitePeriod?> CountAsync(
        string tenant, SiteStatsQuery query, long from, long to, IReadOnlyList<long> boundaries, CancellationToken cancellationToken)
    {
        var sums = new SiteSums(store, tenant, query.Site, query.Purged);
        var maxScan = options.Value.MaxScan;
        if (query.NeedsEvents || query.Metrics.Contains("visits"))
        {
            // What is stored says beforehand whether it can be read.
            var counts = await sums.CountAsync(from, to, byDay: true, cancellationToken);
            if (counts.Sum(each => each.Events + each.BotEvents) <= maxScan
                && await new SiteScan(store, tenant, query, maxScan).RunAsync(from, to, boundaries, cancellationToken) is { } scanned)
            {
                return scanned;
            }

            if (query.NeedsEvents)
            {
                return null;
            }
        }

        var period = await sums.RunAsync(from, to, boundaries, cancellationToken);
        period.Paths = await sums.SumAsync(SiteSeries.Paths, from, to, maxScan, cancellationToken);
        period.Types = await sums.SumAsync(SiteSeries.Types, from, to, maxScan, cancellationToken);
        return period;
    }

    /// <summary>Visitors of the last five minutes, and of those that clocks are ahead.</summary>
    /// <returns>Null if more events would have to be read than may be.</returns>
    public async Task<long?> CountLatelyAsync(string tenant, string site, int maxEvents, CancellationToken cancellationToken)
    {
        var totals = new SiteTotals();
        var from = TickTime.Of(clock.Now - Lately);
        var sums = new SiteSums(store, tenant, site, long.MinValue);
        var counts = await store.ReadCountsAsync(
            tenant, site, SiteSpan.Minute, from - (from % TimeSpan.TicksPerMinute), TickTime.Of(clock.Now + Lately + Lately),
            cancellationToken);
        if (counts.Sum(each => each.Events + each.BotEvents) > maxEvents)
        {
            return null;
        }

        await foreach (var each in sums.ReadAsync(from, long.MaxValue, cancellationToken))
        {
            totals.Add(each.Event, each.Visitor);
        }

        return totals.Visitors;
    }
}
