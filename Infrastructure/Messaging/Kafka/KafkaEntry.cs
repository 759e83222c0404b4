using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>A consumed message.</summary>
/// <param name="Record">As it was on the log.</param>
/// <param name="Share">The assignment under which it was read.</param>
internal sealed record KafkaEntry<TMessage>(ConsumeResult<byte[]?, byte[]?> Record, KafkaShare Share)
{
    /// <summary>Set when its bytes could be read.</summary>
    public TMessage? Message { get; set; }
}
