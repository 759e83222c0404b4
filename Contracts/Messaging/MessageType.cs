namespace Contracts.Messaging;

/// <summary>How messages of one type travel: everything a log must know of them. A topic may carry several types.</summary>
/// <param name="Topic">Where they go; their dead letters go to <c>Topic.dead</c>.</param>
/// <param name="Name">The type's name in the message's headers, unique within the topic.</param>
/// <param name="Version">The shape's version in the message's headers, from 1; later ones stay readable by earlier readers.</param>
public abstract record MessageType(string Topic, string Name, int Version)
{
    /// <summary>Where messages go that cannot be applied, with the reason.</summary>
    public string DeadTopic => DeadTopicOf(Topic);

    /// <summary>The dead-letter topic of a topic.</summary>
    public static string DeadTopicOf(string topic) => $"{topic}.dead";
}
