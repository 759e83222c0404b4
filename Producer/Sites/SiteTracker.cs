using System.Globalization;
using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Sites;

namespace Producer.Sites;

/// <summary>What became of accepted events and erasures. Their sources tell which of several is stored.</summary>
internal sealed class SiteTracker(ISiteStore store) : IEventTracker
{
    private const char Event = 'v';
    private const char Erasure = 'e';
    private const char Whole = 's';

    public string Topic => SiteMessages.Topic;

    /// <summary>The key of an event.</summary>
    public static string KeyOf(string site, Guid key, long at, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{Event}{key:N}.{at:x}.{index:x}.{site}");

    /// <summary>The key of an erasure.</summary>
    public static string KeyOf(VisitorErased erased)
    {
        var visitor = erased.User is { } user ? VisitorHash.OfUser(user) : erased.Visitor!.Value;
        return string.Create(CultureInfo.InvariantCulture, $"{Erasure}{Guid.Empty:N}.{visitor:x}.0.{erased.Site}");
    }

    /// <summary>The key of an erasure of all of a site.</summary>
    public static string KeyOf(SiteErased erased) => $"{Whole}{Guid.Empty:N}.0.0.{erased.Site}";

    public async Task<TrackedEvent?> FindAsync(TrackingId id, CancellationToken cancellationToken)
    {
        if (Parse(id.Key) is not { } key)
        {
            return null;
        }

        if (key.Kind != Event)
        {
            var done = key.Kind == Whole ? await store.FindSiteErasureAsync(id.Tenant, key.Site, cancellationToken)
                : await store.FindErasureAsync(id.Tenant, key.Site, key.Number, cancellationToken);
            return done is { } position && (position.Epoch != id.Position.Epoch || position.Partition != id.Position.Partition
                || position.Offset >= id.Position.Offset) ? new TrackedEvent(TrackedState.Applied, null) : null;
        }

        var found = await store.FindSourcesAsync(id.Tenant, [(key.Site, key.Event)], cancellationToken);
        return TickTime.IsValid(key.Number)
            ? EventTracks.Tell(found[0], new EventSource(id.Position, key.Index), SiteRoutes.OfStats(key.Site, key.Number))
            : null;
    }

    public string? LogKeyOf(TrackingId id) => Parse(id.Key)?.Site;

    private static (char Kind, Guid Event, long Number, int Index, string Site)? Parse(string key)
    {
        var parts = key.Split('.', 4);
        return parts is [{ Length: > 1 } first, var number, var place, { Length: > 0 } site]
            && (first[0] is Event or Erasure or Whole) && Guid.TryParseExact(first.AsSpan(1), "N", out var id)
            && long.TryParse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)
            && int.TryParse(place, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var index)
            ? (first[0], id, hex, index, site)
            : null;
    }
}
