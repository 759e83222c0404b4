using System.Globalization;
using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Revenue;

namespace Producer.Revenue;

/// <summary>What became of accepted events, adjustments and erasures. Their sources tell which of several is stored.</summary>
internal sealed class RevenueTracker(IRevenueStore store) : IEventTracker
{
    private const char Event = 'v';
    private const char Adjustment = 'a';
    private const char Erasure = 'e';

    public string Topic => RevenueMessages.Topic;

    /// <summary>The key of an event.</summary>
    public static string KeyOf(string user, RevenueEvent revenue, int index) => KeyOf(Event, revenue.At, index, revenue.EventId, user);

    /// <summary>The key of an adjustment.</summary>
    public static string KeyOf(RevenueAdjusted adjusted) => KeyOf(Adjustment, adjusted.At, 0, adjusted.EventId, adjusted.User);

    /// <summary>The key of an erasure.</summary>
    public static string KeyOf(RevenueUserErased erased) => KeyOf(Erasure, 0, 0, string.Empty, erased.User);

    public async Task<TrackedEvent?> FindAsync(TrackingId id, CancellationToken cancellationToken)
    {
        if (Parse(id.Key) is not { } key)
        {
            return null;
        }

        if (key.Kind == Erasure)
        {
            // By the erasure, not by the user: that may never have been there, or be there again.
            return await IsErasedAsync(id, key.User, cancellationToken) ? new TrackedEvent(TrackedState.Applied, null) : null;
        }

        var found = await store.FindSourcesAsync(id.Tenant, [(key.User, key.EventId)], cancellationToken);
        return EventTracks.Tell(found[0], new EventSource(id.Position, key.Index), RevenueRoutes.OfEntry(key.User, key.At));
    }

    public async Task<string?> ExplainAsync(TrackingId id, CancellationToken cancellationToken) =>
        Parse(id.Key) is not { Kind: Adjustment } key || await store.FindPurgedAsync(cancellationToken) > key.At
        || await IsErasedAsync(id, key.User, cancellationToken)
            ? null : "When it was applied, the user had no event of the id that it was to correct.";

    public string? LogKeyOf(TrackingId id) => Parse(id.Key)?.User;

    private static string KeyOf(char kind, long at, int index, string eventId, string user) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}{at:x}.{index:x}.{eventId.Length:x}.{eventId}{user}");

    private async Task<bool> IsErasedAsync(TrackingId id, string user, CancellationToken cancellationToken) =>
        EventTracks.IsErased(await store.FindErasureAsync(id.Tenant, user, cancellationToken), id.Position);

    private static (char Kind, long At, int Index, string EventId, string User)? Parse(string key)
    {
        var parts = key.Split('.', 4);
        return parts is [{ Length: > 1 } first, var place, var number, var rest] && first[0] is Event or Adjustment or Erasure
            && long.TryParse(first.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var at)
            && TickTime.IsValid(at)
            && int.TryParse(place, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var index) && index >= 0
            && int.TryParse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length)
            && length >= 0 && length < rest.Length
            ? (first[0], at, index, rest[..length], rest[length..])
            : null;
    }
}
