using Contracts.Common;
using Contracts.Sites;

namespace Producer.Sites;

/// <summary>What events add up to.</summary>
internal sealed class SiteTotals
{
    /// <summary>Of people.</summary>
    public long Events { get; set; }

    /// <summary>Of people.</summary>
    public long Views { get; set; }

    /// <summary>Events of known bots.</summary>
    public long BotEvents { get; set; }

    public UniqueCounter Users { get; } = new();

    public UniqueCounter Anonymous { get; } = new();

    /// <summary>Visits that began here.</summary>
    public long Visits { get; set; }

    /// <summary>Visits of one event.</summary>
    public long Bounces { get; set; }

    /// <summary>The visits' time from the first event to the last one, in 100 ns.</summary>
    public Int128 VisitTicks { get; set; }

    public long Visitors => Users.Count + Anonymous.Count;

    public bool AreVisitorsExact => Users.IsExact && Anonymous.IsExact;

    /// <summary>Counts an event with who did it.</summary>
    public void Add(SiteEvent siteEvent, long? visitor)
    {
        if (siteEvent.IsBot)
        {
            BotEvents++;
            return;
        }

        Events++;
        Views += siteEvent.IsView ? 1 : 0;
        if (visitor is { } who)
        {
            (siteEvent.User is null ? Anonymous : Users).Add(who);
        }
    }

    /// <summary>Counts a visit that began here.</summary>
    public void Count(Visit visit)
    {
        Visits++;
        Bounces += visit.Events == 1 ? 1 : 0;
        VisitTicks += visit.Last - visit.First;
    }

    public void Add(SiteCounts counts)
    {
        Events += counts.Events;
        Views += counts.Views;
        BotEvents += counts.BotEvents;
    }
}
