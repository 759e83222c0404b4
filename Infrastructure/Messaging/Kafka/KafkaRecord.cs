using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>A consumed message as it was on the log.</summary>
/// <param name="Result">What the client gave.</param>
/// <param name="Share">The assignment under which it was read.</param>
internal sealed record KafkaRecord(ConsumeResult<byte[]?, byte[]?> Result, KafkaShare Share)
{
    public int Bytes => Result.Message.Value?.Length ?? 0;

    /// <summary>A header's text; null when there is none.</summary>
    public string? Header(string name) =>
        Result.Message.Headers is { } headers && headers.TryGetLastBytes(name, out var bytes) ? System.Text.Encoding.UTF8.GetString(bytes)
            : null;
}
