using Contracts.Common;
using Contracts.Sites;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>What is asked of a site.</summary>
internal sealed class SiteStatsQuery
{
    /// <summary>Maximum number of steps of one answer.</summary>
    public const int MaxSteps = 10_000;

    public const int DefaultTop = 10;
    public const int MaxTop = 1_000;
    public const int MaxPage = 1_000_000;

    /// <summary>The metrics that can be asked for.</summary>
    public static readonly string[] AllMetrics = ["views", "visitors", "visits"];

    private readonly List<(SiteDimension Dimension, string Value)> filters = [];

    /// <summary>All query parameters that may be given once.</summary>
    public static string[] Parameters { get; } =
        ["from", "to", "resolution", "zone", "top", "page", "metrics", "breakdown", "compare", .. SiteDimension.Named];

    public string Site { get; private init; } = string.Empty;

    public long From { get; private set; }

    public long To { get; private set; }

    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>The steps' boundaries; null without steps.</summary>
    public IReadOnlyList<long>? Boundaries { get; private set; }

    public string? Resolution { get; private set; }

    public int Top { get; private set; } = DefaultTop;

    public int Page { get; private set; } = 1;

    public IReadOnlyList<string> Metrics { get; private set; } = AllMetrics;

    public SiteDimension? Breakdown { get; private set; }

    public bool Compare { get; private set; }

    /// <summary>The first instant that is kept; set before it is answered.</summary>
    public long Purged { get; set; } = long.MinValue;

    /// <summary>Whether only raw events can answer it.</summary>
    public bool NeedsEvents => filters.Count > 0 || Breakdown is not null
        || (Boundaries?.Skip(1).SkipLast(1).Any(at => at % TimeSpan.TicksPerMinute != 0) ?? false);

    /// <summary>Whether an event is asked for.</summary>
    public bool Matches(SiteEvent siteEvent)
    {
        foreach (var (dimension, value) in filters)
        {
            if (dimension.ValueOf(siteEvent) != value)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads it from a request.</summary>
    /// <param name="site">The site's id.</param>
    /// <param name="query">The query parameters, each given once but for <c>property</c>.</param>
    /// <param name="zone">The zone where none is named.</param>
    /// <param name="now">The instant of the store's clock, in UTC.</param>
    /// <param name="errors">Gets what is wrong, under the name of each field.</param>
    public static SiteStatsQuery Read(string site, IQueryCollection query, TimeZoneInfo zone, DateTimeOffset now, FieldErrors errors)
    {
        var read = new SiteStatsQuery { Site = site, Zone = QueryFields.Zone(Text("zone"), zone, errors) };
        var (from, to) = QueryFields.Period(Text("from"), Text("to"), read.Zone, now, errors);
        (read.From, read.To) = (TickTime.Of(from), TickTime.Of(to));
        read.Top = QueryFields.Whole(Text("top"), "top", 1, MaxTop, errors) ?? DefaultTop;
        read.Page = QueryFields.Whole(Text("page"), "page", 1, MaxPage, errors) ?? 1;
        read.ReadMetrics(Text("metrics"), errors);
        read.ReadDimensions(query, errors);
        if (Text("compare") is { } compare)
        {
            read.Compare = compare == "true";
            if (compare is not ("true" or "false"))
            {
                errors.Add("compare", "must be true or false");
            }
        }

        if (Text("resolution") is { } resolution)
        {
            read.ReadResolution(resolution, from, to, errors);
        }

        return read;

        string? Text(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;
    }

    private void ReadMetrics(string? text, FieldErrors errors)
    {
        if (text is null)
        {
            return;
        }

        Metrics = text.Split(',', StringSplitOptions.TrimEntries);
        if (Metrics.Any(metric => !AllMetrics.Contains(metric, StringComparer.Ordinal)))
        {
            errors.Add("metrics", $"must be some of {string.Join(", ", AllMetrics)}, with commas between them");
        }
    }

    private void ReadDimensions(IQueryCollection query, FieldErrors errors)
    {
        foreach (var name in SiteDimension.Named)
        {
            if (query.TryGetValue(name, out var value))
            {
                filters.Add((new SiteDimension(name), value.ToString()));
            }
        }

        foreach (var property in query[SiteDimension.Property])
        {
            if (PropertyFilter.TryRead(property ?? string.Empty, out var name, out var value))
            {
                filters.Add((SiteDimension.OfProperty(name), value));
            }
            else
            {
                errors.Add(
                    SiteDimension.Property,
                    "must be a property's name, a colon, and its value; \\: is a colon in the name, \\\\ a backslash");
            }
        }

        if (query.TryGetValue("breakdown", out var breakdown))
        {
            Breakdown = SiteDimension.TryRead(breakdown.ToString());
            if (Breakdown is null)
            {
                errors.Add("breakdown", $"must be {string.Join(", ", SiteDimension.Named)}, or property: and a property's name");
            }
        }
    }

    private void ReadResolution(string text, DateTimeOffset from, DateTimeOffset to, FieldErrors errors)
    {
        Resolution = text;
        if (Events.Resolution.TryRead(text) is not { } resolution || !ZonedSteps.CanUse(resolution))
        {
            errors.Add(
                "resolution", "must be an ISO 8601 duration such as PT1M, PT1H, P1D, P1W, P1M or P1Y: of whole days, or shorter than one");
            return;
        }

        if (errors.Any)
        {
            return;
        }

        var steps = new ZonedSteps(resolution, Zone).Boundaries(from, to, MaxSteps);
        if (steps is null)
        {
            errors.Add("resolution", $"would make more than {MaxSteps} steps");
        }

        Boundaries = steps?.ConvertAll(TickTime.Of);
    }
}
