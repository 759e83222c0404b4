namespace Contracts.Messaging;

/// <summary>Everything that a log must know about messages of one type. A topic may carry several types.</summary>
/// <param name="Topic">The topic they are published on; their dead letters go to <c>Topic.dead</c>.</param>
/// <param name="Name">The type's name in the message's headers, unique within the topic.</param>
/// <param name="Version">The shape's version in the message's headers, from 1; later versions stay readable by earlier readers.</param>
public abstract record MessageType(string Topic, string Name, int Version)
{
    /// <summary>The dead-letter topic: messages that cannot be applied go here, with the reason.</summary>
    public string DeadTopic => DeadTopicOf(Topic);

    /// <summary>The dead-letter topic of a topic.</summary>
    public static string DeadTopicOf(string topic) => $"{topic}.dead";
}
