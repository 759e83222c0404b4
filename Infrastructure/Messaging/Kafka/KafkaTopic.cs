namespace Infrastructure.Messaging.Kafka;

/// <summary>A topic that is created when it is missing.</summary>
/// <param name="Name">With its prefix.</param>
/// <param name="Partitions">Number of partitions, if it is created.</param>
/// <param name="Retention">How long it keeps messages.</param>
/// <param name="Segment">Span of one of its files.</param>
internal sealed record KafkaTopic(string Name, int Partitions, TimeSpan Retention, TimeSpan Segment);
