using Contracts.Common;
using Contracts.Messaging;

namespace Infrastructure.Messaging;

/// <summary>The handlers of one topic, by message type.</summary>
/// <param name="topic">Its name, without any prefix.</param>
/// <param name="routes">The handlers of all topics, of which this one's are taken.</param>
internal sealed class TopicRoutes(string topic, IEnumerable<MessageRoute> routes)
{
    private readonly Dictionary<string, MessageRoute> byName =
        routes.Where(route => route.Type.Topic == topic).ToDictionary(route => route.Type.Name, StringComparer.Ordinal);

    public string Topic => topic;

    /// <summary>Reads a message, or tells why it cannot be read.</summary>
    /// <param name="name">Its type's name, as for <see cref="Find"/>.</param>
    /// <param name="tenant">Its tenant; null without, which is the default one.</param>
    /// <param name="key">Its key; empty without.</param>
    /// <param name="json">Its bytes; null without.</param>
    /// <returns>Its route, with the message or an <see cref="UnreadableMessage"/>.</returns>
    public (MessageRoute Route, object Message) Read(string? name, string? tenant, string key, byte[]? json)
    {
        try
        {
            // Another tenant's message must not become the default one's.
            if (tenant is not null && !Tenant.IsValid(tenant))
            {
                throw new MessageRejectedException($"The message names a tenant that there cannot be: '{tenant}'.");
            }

            var route = Find(name);
            return (route, route.Read(json));
        }
        catch (MessageRejectedException reason)
        {
            return (UnreadableRoute.Instance, new UnreadableMessage(name ?? string.Empty, key, json, reason));
        }
    }

    /// <summary>The route of a type's name.</summary>
    /// <param name="name">As the message's header says; null where it has none, which is allowed on a topic of one type.</param>
    /// <exception cref="MessageRejectedException">Nobody here handles this type.</exception>
    public MessageRoute Find(string? name)
    {
        if (name is null && byName.Count == 1)
        {
            return byName.Values.First();
        }

        return name is not null && byName.TryGetValue(name, out var route)
            ? route
            : throw new MessageRejectedException(name is null
                ? $"The message names no type; {topic} carries {string.Join(", ", byName.Keys)}."
                : $"The message's type is '{name}', which is not known here; {topic} carries {string.Join(", ", byName.Keys)}.");
    }
}
