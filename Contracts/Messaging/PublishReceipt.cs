namespace Contracts.Messaging;

/// <summary>What is known of published messages, beyond that they are durable.</summary>
/// <param name="Effects">How far their effects are, and how a reader can tell.</param>
public sealed record PublishReceipt(MessageEffects Effects)
{
    /// <summary>The position of each message, in the order of the publication; empty where the log has no offsets (RabbitMQ).</summary>
    public IReadOnlyList<LogPosition> Positions { get; init; } = [];

    /// <summary>
    /// Messages that could not be applied and are dead letters now, as a log tells that shares the process with its handlers.
    /// </summary>
    public IReadOnlyList<RejectedMessage> Rejected { get; init; } = [];

    /// <summary>The position of one message; <see cref="LogPosition.None"/> where the log has no offsets.</summary>
    public LogPosition PositionOf(int index) => index < Positions.Count ? Positions[index] : LogPosition.None;
}
