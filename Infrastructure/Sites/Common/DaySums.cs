using System.Runtime.InteropServices;
using Contracts.Sites;

namespace Infrastructure.Sites.Common;

/// <summary>What events of one day of a site add up to: the only place that says which event counts where.</summary>
/// <param name="day">The day's number.</param>
internal sealed class DaySums(long day)
{
    public long Day => day;

    /// <summary>By the minutes' numbers.</summary>
    public Dictionary<long, Counts> Minutes { get; } = [];

    /// <summary>Of the whole day.</summary>
    public Counts Total { get; private set; }

    /// <summary>Events by type, bots left out.</summary>
    public Dictionary<string, long> Types { get; } = new(StringComparer.Ordinal);

    /// <summary>Views by path, bots left out.</summary>
    public Dictionary<string, long> Paths { get; } = new(StringComparer.Ordinal);

    /// <summary>Who was there, by hour and by day.</summary>
    public Dictionary<VisitorBucket, HashSet<long>> Visitors { get; } = [];

    /// <summary>Counts an event.</summary>
    /// <param name="siteEvent">The event, which must be of this day.</param>
    /// <param name="times">1, or -1 to take it back; who was there is not taken back, as others of theirs may remain.</param>
    public void Add(SiteEvent siteEvent, int times = 1)
    {
        var counts = siteEvent.IsBot ? new Counts(0, 0, times) : new Counts(times, siteEvent.IsView ? times : 0, 0);
        var minute = SiteTime.NumberOf(SiteSpan.Minute, siteEvent.At);
        Minutes[minute] = Minutes.GetValueOrDefault(minute) + counts;
        Total += counts;
        if (!siteEvent.IsBot)
        {
            Types[siteEvent.Type] = Types.GetValueOrDefault(siteEvent.Type) + times;
            if (siteEvent.IsView)
            {
                Paths[siteEvent.Path] = Paths.GetValueOrDefault(siteEvent.Path) + times;
            }
        }

        if (times > 0 && VisitorHash.Of(siteEvent) is { } visitor)
        {
            var kind = VisitorHash.KindOf(siteEvent);
            Put(new VisitorBucket(SiteSpan.Hour, kind, SiteTime.NumberOf(SiteSpan.Hour, siteEvent.At)), visitor);
            Put(new VisitorBucket(SiteSpan.Day, kind, day), visitor);
        }
    }

    public void Set(Counts total) => Total = total;

    private void Put(VisitorBucket bucket, long visitor)
    {
        if (!Visitors.TryGetValue(bucket, out var set))
        {
            Visitors[bucket] = set = [];
        }

        set.Add(visitor);
    }

    /// <summary>Numbers of events.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Counts(long Events, long Views, long BotEvents)
    {
        public static Counts operator +(Counts a, Counts b) => new(a.Events + b.Events, a.Views + b.Views, a.BotEvents + b.BotEvents);

        public override string ToString() =>
            FormattableString.Invariant($"{Events} events, {Views} views, {BotEvents} events of bots");
    }
}

/// <summary>Visitors of one kind in one hour or day.</summary>
/// <param name="Span">Hour or day.</param>
/// <param name="Kind">Whether they are users, visitors without a user, or bots.</param>
/// <param name="Number">The hour's or day's number.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct VisitorBucket(SiteSpan Span, VisitorKind Kind, long Number);
