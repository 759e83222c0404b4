using System.Text.Json.Serialization.Metadata;

namespace Contracts.Messaging;

/// <summary>How messages of one type travel: everything a log must know of them.</summary>
/// <typeparam name="TMessage">A message of this project's contracts.</typeparam>
/// <param name="Topic">Where they go; their dead letters go to <c>Topic.dead</c>.</param>
/// <param name="Name">The type's name in the message's headers.</param>
/// <param name="Version">The shape's version in the message's headers, from 1; later ones stay readable by earlier readers.</param>
/// <param name="KeyOf">Messages with the same key keep their order.</param>
/// <param name="Json">Their JSON.</param>
public sealed record MessageType<TMessage>(
    string Topic, string Name, int Version, Func<TMessage, string> KeyOf, JsonTypeInfo<TMessage> Json)
{
    /// <summary>Where messages go that cannot be applied, with the reason.</summary>
    public string DeadTopic => $"{Topic}.dead";
}
