using System.Runtime.CompilerServices;
using System.Text.Json;
using Contracts.Common;
using Contracts.Sites;
using Contracts.Storage;
using Infrastructure.Sites;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Live;

namespace Producer.Sites;

/// <summary>Sites as live streams show them: the numbers of today, and who is there now.</summary>
internal sealed class SiteLive(ISiteStore store, SiteStats stats, IStoreClock clock, IOptions<SiteOptions> options) : ILiveSource
{
    /// <summary>Maximum number of events that are read for each change.</summary>
    private const int MaxEvents = 20_000;

    private const int PageSize = 50;

    public string Feed => SiteMessages.Topic;

    /// <summary>Visitors go without a word, and days end.</summary>
    public TimeSpan? Refresh { get; } = TimeSpan.FromSeconds(15);

    public async Task<IReadOnlyList<LiveValue>> ReadAsync(
        string tenant, IReadOnlyList<string> keys, Func<string, bool> isWatched, CancellationToken cancellationToken)
    {
        var values = new List<LiveValue>(keys.Count);
        foreach (var key in keys)
        {
            values.Add(await store.FindAsync(tenant, key, cancellationToken) is null ? LiveValue.Gone(key)
                : await ReadAsync(tenant, key, cancellationToken));
        }

        return values;
    }

    public async IAsyncEnumerable<IReadOnlyList<LiveValue>> ReadAllAsync(
        string tenant, LiveFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await store.ListAsync(tenant, after, PageSize, cancellationToken);
            var values = new List<LiveValue>(page.Items.Count);
            foreach (var site in page.Items)
            {
                values.Add(await ReadAsync(tenant, site.Id, cancellationToken));
            }

            yield return values;
            after = page.Next;
        }
        while (after is not null);
    }

    private async Task<LiveValue> ReadAsync(string tenant, string site, CancellationToken cancellationToken)
    {
        var zone = options.Value.FindZone();
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.Now, zone).DateTime);
        var (from, to) = (ZonedSteps.Midnight(day, zone), ZonedSteps.Midnight(day.AddDays(1), zone));

        // A whole day, as far as it has come: sums alone say what is in it.
        var sums = new SiteSums(store, tenant, site, await store.FindPurgedAsync(cancellationToken));
        var totals = new SiteTotals();
        foreach (var counts in await sums.CountAsync(TickTime.Of(from), TickTime.Of(to), byDay: true, cancellationToken))
        {
            totals.Add(counts);
        }

        await sums.CollectAsync(totals, TickTime.Of(from), TickTime.Of(to), cancellationToken);
        var resource = new LiveSiteResource
        {
            Id = site,
            Day = ShortInstant.ToString(from),
            Events = totals.Events,
            Views = totals.Views,
            Visitors = totals.Visitors,
            Users = totals.Users.Count,
            VisitorsExact = totals.AreVisitorsExact,
            BotEvents = totals.BotEvents,
            VisitorsNow = await stats.CountLatelyAsync(tenant, site, MaxEvents, cancellationToken),
        };
        return new LiveValue(site, JsonSerializer.SerializeToUtf8Bytes(resource, SiteResourcesJson.Http.LiveSiteResource), []);
    }
}

/// <summary>A site as live streams show it.</summary>
internal sealed record LiveSiteResource
{
    /// <summary>The site's id.</summary>
    public required string Id { get; init; }

    /// <summary>When today began.</summary>
    public required string Day { get; init; }

    /// <summary>Events of today, those of known bots left out.</summary>
    public required long Events { get; init; }

    /// <summary>Page views among them.</summary>
    public required long Views { get; init; }

    /// <summary>Different visitors of today.</summary>
    public required long Visitors { get; init; }

    /// <summary>Different users of today.</summary>
    public required long Users { get; init; }

    /// <summary>Whether visitors and users are exact.</summary>
    public required bool VisitorsExact { get; init; }

    /// <summary>Events of known bots today.</summary>
    public required long BotEvents { get; init; }

    /// <summary>Visitors of the last five minutes; missing where these had more than 20,000 events.</summary>
    public long? VisitorsNow { get; init; }
}
