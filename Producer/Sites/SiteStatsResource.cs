using Contracts.Common;

namespace Producer.Sites;

/// <summary>Statistics of a site.</summary>
internal sealed record SiteStatsResource
{
    /// <summary>The site's id.</summary>
    public required string Site { get; init; }

    /// <summary>The period's first instant.</summary>
    public required string From { get; init; }

    /// <summary>The first instant after it.</summary>
    public required string To { get; init; }

    /// <summary>The time zone of steps and of days.</summary>
    public required string Zone { get; init; }

    /// <summary>Of the whole period.</summary>
    public required SiteTotalsResource Totals { get; init; }

    /// <summary>The same of the period of the same length before it, with `compare`.</summary>
    public SiteTotalsResource? Previous { get; init; }

    /// <summary>Step by step, with `resolution`; steps without events are there, too.</summary>
    public IReadOnlyList<SiteStepResource>? Series { get; init; }

    /// <summary>The paths with the most views, those with as many in the order of their characters.</summary>
    public IReadOnlyList<SitePathResource>? TopPaths { get; init; }

    /// <summary>The types with the most events.</summary>
    public IReadOnlyList<SiteTypeResource>? TopTypes { get; init; }

    /// <summary>By the values of what was asked for with `breakdown`, those with the most events first.</summary>
    public IReadOnlyList<SiteBreakdownResource>? Breakdown { get; init; }

    /// <summary>
    /// Visitors of the last five minutes, whatever the period and filters; missing where these had more events than one answer reads.
    /// </summary>
    public long? VisitorsNow { get; init; }

    /// <summary>Why something that was asked for is missing.</summary>
    public string? Note { get; init; }

    public static SiteStatsResource Of(
        SiteStatsQuery query, SitePeriod period, SitePeriod? previous, long? visitorsNow, string? note) => new()
        {
            Site = query.Site,
            From = Text(query.From),
            To = Text(query.To),
            Zone = query.Zone.Id,
            Totals = SiteTotalsResource.From(query, period.Total, period.HasVisits, hasVisitors: true),
            Previous = previous is null ? null : SiteTotalsResource.From(query, previous.Total, previous.HasVisits, hasVisitors: true),
            Series = query.Boundaries is null ? null : [.. period.Steps.Select((step, index) => new SiteStepResource
        {
            At = Text(period.Boundaries[index]),
            Totals = SiteTotalsResource.From(query, step, period.HasVisits, period.HasStepVisitors),
        })],
            TopPaths = Top(query, period.Paths)?.Select(each => new SitePathResource(each.Key, each.Value)).ToList(),
            TopTypes = Top(query, period.Types)?.Select(each => new SiteTypeResource(each.Key, each.Value)).ToList(),
            Breakdown = query.Breakdown is null ? null : [.. Page(query, period.Breakdown
            .OrderByDescending(each => each.Value.Events).ThenByDescending(each => each.Value.BotEvents)
            .ThenBy(each => each.Key, StringComparer.Ordinal)).Select(each => new SiteBreakdownResource
            {
                Value = each.Key.Length == 0 ? null : each.Key,
                Totals = SiteTotalsResource.From(query, each.Value, period.HasVisits, hasVisitors: true),
            })],
            VisitorsNow = visitorsNow,
            Note = Join(
            note,
            period.HasStepVisitors || !query.Metrics.Contains("visitors") ? null
                : "Of so many events visitors are counted in steps of whole hours only.",
            period.Paths is not null && period.Types is not null ? null
                : "The period begins or ends within days that have too many events for top lists."),
        };

    /// <summary>The largest numbers, those that are the same in the order of their names.</summary>
    public static IEnumerable<KeyValuePair<string, long>> Sort(IEnumerable<KeyValuePair<string, long>> counts) =>
        counts.OrderByDescending(each => each.Value).ThenBy(each => each.Key, StringComparer.Ordinal);

    private static IEnumerable<KeyValuePair<string, long>>? Top(SiteStatsQuery query, Dictionary<string, long>? counts) =>
        counts is null ? null : Page(query, Sort(counts));

    private static IEnumerable<T> Page<T>(SiteStatsQuery query, IEnumerable<T> all) =>
        all.Skip((int)Math.Min(int.MaxValue, (query.Page - 1L) * query.Top)).Take(query.Top);

    private static string? Join(params IEnumerable<string?> notes) =>
        string.Join(' ', notes.OfType<string>()) is { Length: > 0 } text ? text : null;

    private static string Text(long at) => ShortInstant.ToString(TickTime.ToInstant(at));
}

/// <summary>What events add up to, those of known bots left out.</summary>
internal sealed record SiteTotalsResource
{
    /// <summary>Events of all types.</summary>
    public required long Events { get; init; }

    /// <summary>Events of the type page_view.</summary>
    public required long Views { get; init; }

    /// <summary>Different visitors: users, and those without one who are counted by a hash that changes each day.</summary>
    public long? Visitors { get; init; }

    /// <summary>Different users.</summary>
    public long? Users { get; init; }

    /// <summary>
    /// Whether visitors and users are exact, as they are up to 100,000; beyond, their standard error is 0.41 %.
    /// </summary>
    public bool? VisitorsExact { get; init; }

    /// <summary>Visits that began in it: 30 minutes without an event end one.</summary>
    public long? Visits { get; init; }

    /// <summary>The share of visits of one event, from 0 to 1; missing without visits.</summary>
    public double? BounceRate { get; init; }

    /// <summary>How long a visit took on average, from its first event to its last, in seconds; missing without visits.</summary>
    public double? VisitSeconds { get; init; }

    /// <summary>Events of known bots.</summary>
    public required long BotEvents { get; init; }

    public static SiteTotalsResource From(SiteStatsQuery query, SiteTotals totals, bool hasVisits, bool hasVisitors)
    {
        var (visitors, visits) = (hasVisitors && query.Metrics.Contains("visitors"), hasVisits && query.Metrics.Contains("visits"));
        return new SiteTotalsResource
        {
            Events = totals.Events,
            Views = totals.Views,
            Visitors = visitors ? totals.Visitors : null,
            Users = visitors ? totals.Users.Count : null,
            VisitorsExact = visitors ? totals.AreVisitorsExact : null,
            Visits = visits ? totals.Visits : null,
            BounceRate = visits && totals.Visits > 0 ? Math.Round(totals.Bounces / (double)totals.Visits, 4) : null,
            VisitSeconds = visits && totals.Visits > 0
                ? Math.Round((double)totals.VisitTicks / TimeSpan.TicksPerSecond / totals.Visits, 3) : null,
            BotEvents = totals.BotEvents,
        };
    }
}

/// <summary>A step of time.</summary>
internal sealed record SiteStepResource
{
    /// <summary>Its beginning; that of the first one may lie before the period.</summary>
    public required string At { get; init; }

    /// <summary>What lies in the step and in the period.</summary>
    public required SiteTotalsResource Totals { get; init; }
}

/// <summary>A path.</summary>
/// <param name="Path">The path, without the query.</param>
/// <param name="Views">Its views.</param>
internal sealed record SitePathResource(string Path, long Views);

/// <summary>A type of events.</summary>
/// <param name="Type">The type of the events.</param>
/// <param name="Events">Its events.</param>
internal sealed record SiteTypeResource(string Type, long Events);

/// <summary>Events of one value.</summary>
internal sealed record SiteBreakdownResource
{
    /// <summary>The value; missing for events without one.</summary>
    public string? Value { get; init; }

    /// <summary>What its events add up to.</summary>
    public required SiteTotalsResource Totals { get; init; }
}
