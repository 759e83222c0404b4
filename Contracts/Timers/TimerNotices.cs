using Contracts.Live;

namespace Contracts.Timers;

/// <summary>Tells watchers of timers what has changed. A key of their feed is the id that clients see.</summary>
public static class TimerNotices
{
    /// <summary>Notes that a timer has changed. To be called when the change can be read.</summary>
    /// <param name="live">Where.</param>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="key">The store's key of the timer.</param>
    /// <param name="ownId">The id that clients see, where it is not the key itself.</param>
    /// <param name="left">Tags that it has lost; null for none.</param>
    public static void NoteTimer(
        this ILiveNotices live, string tenant, Guid key, string? ownId, IReadOnlyCollection<string>? left = null)
    {
        ArgumentNullException.ThrowIfNull(live);
        live.Note(tenant, TimerMessages.Topic, ownId is null ? TimerMessages.KeyOf(key) : KeyOf(ownId), left);
    }

    /// <summary>Notes that any timer of these tenants may have changed.</summary>
    public static void NoteTimersOf(this ILiveNotices live, IEnumerable<string> tenants)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(tenants);
        foreach (var tenant in tenants)
        {
            live.NoteAll(tenant, TimerMessages.Topic);
        }
    }

    /// <summary>The feed's key of the timer with this id: a UUID is the same in either case.</summary>
    public static string KeyOf(string id) => TimerKey.TryParseUuid(id, out var uuid) ? uuid.ToString("D") : id;
}
