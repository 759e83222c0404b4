namespace Infrastructure.Messaging.Kafka;

/// <summary>The topic was deleted and recreated: positions start again, under another epoch.</summary>
internal sealed class TopicRecreatedException(string topic)
    : Exception($"The topic {topic} was recreated; it is read from its beginning.");
