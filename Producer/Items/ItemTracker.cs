using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Contracts.Messaging;

namespace Producer.Items;

/// <summary>What became of what was accepted. Its sources tell which of several is stored.</summary>
internal sealed class ItemTracker(IItemStore store) : IEventTracker
{
    private const char User = 'u';
    private const char BaseItem = 'b';
    private const char Item = 'i';
    private const char Transfer = 't';
    private const char Erasure = 'e';

    /// <summary>A kind and a UUID.</summary>
    private const int IdEnd = 33;

    public string Topic => ItemMessages.Topic;

    public static string KeyOf(UserCreated message) => $"{User}{message.User:N}";

    public static string KeyOf(BaseItemCreated message) => $"{BaseItem}{message.BaseItem:N}";

    public static string KeyOf(ItemCreated message) => $"{Item}{message.Item:N}";

    public static string KeyOf(ItemTransferred message) => $"{Transfer}{message.Item:N}{message.EventId}";

    public static string KeyOf(ItemUserErased message) => $"{Erasure}{message.User:N}";

    public async Task<TrackedEvent?> FindAsync(TrackingId id, CancellationToken cancellationToken)
    {
        if (Parse(id.Key) is not { } key)
        {
            return null;
        }

        var own = new EventSource(id.Position, 0);
        switch (key.Kind)
        {
            case User:
                var users = await store.FindUsersAsync(id.Tenant, [key.Id], cancellationToken);
                return EventTracks.Tell(users.Count == 0 ? null : users[0].Source, own, ItemRoutes.OfUser(key.Id));
            case BaseItem:
                var baseItems = await store.FindBaseItemsAsync(id.Tenant, [key.Id], cancellationToken);
                return EventTracks.Tell(baseItems.Count == 0 ? null : baseItems[0].Source, own, ItemRoutes.OfBaseItem(key.Id));
            case Item:
                var items = await store.FindItemsAsync(id.Tenant, [key.Id], cancellationToken);
                return EventTracks.Tell(items.Count == 0 ? null : items[0].Source, own, ItemRoutes.Of(key.Id));
            case Erasure:
                // By the erasure, not by the user, who may never have been there.
                return EventTracks.IsErased(await store.FindErasureAsync(id.Tenant, key.Id, cancellationToken), id.Position)
                    ? new TrackedEvent(TrackedState.Applied, null) : null;
            default:
                var sources = await store.FindSourcesAsync(id.Tenant, [(key.Id, key.EventId)], cancellationToken);
                return EventTracks.Tell(sources[0], own, ItemRoutes.HistoryOf(key.Id));
        }
    }

    public async Task<string?> ExplainAsync(TrackingId id, CancellationToken cancellationToken) =>
        Parse(id.Key) is { Kind: User } key && await store.FindErasureAsync(id.Tenant, key.Id, cancellationToken) is not null
            ? "The user of this id has been erased." : null;

    public string? LogKeyOf(TrackingId id) => Parse(id.Key)?.Id.ToString();

    private static (char Kind, Guid Id, string EventId)? Parse(string key) =>
        key.Length >= IdEnd && key[0] is User or BaseItem or Item or Transfer or Erasure
        && (key[0] == Transfer) == (key.Length > IdEnd)
        && Guid.TryParseExact(key.AsSpan(1, IdEnd - 1), "N", out var id)
            ? (key[0], id, key[IdEnd..]) : null;
}
