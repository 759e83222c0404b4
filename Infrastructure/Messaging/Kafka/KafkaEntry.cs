using Contracts.Common;

namespace Infrastructure.Messaging.Kafka;

/// <summary>A consumed message.</summary>
/// <param name="route">The handler of its type.</param>
/// <param name="message">The message with its position.</param>
/// <param name="position">Its position.</param>
/// <param name="record">As it was on the log, with the assignment under which it was read.</param>
internal sealed class KafkaEntry(MessageRoute route, object message, LogPosition position, KafkaRecord record)
    : LogEntry(route, message, position)
{
    public KafkaRecord Record => record;

    public override bool IsMine => !record.Share.IsRevoked;
}
