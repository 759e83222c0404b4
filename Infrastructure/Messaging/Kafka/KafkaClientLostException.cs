namespace Infrastructure.Messaging.Kafka;

/// <summary>A Consumer's client does nothing any more, without an error; another one is to take its place.</summary>
internal sealed class KafkaClientLostException(string message) : Exception(message);
