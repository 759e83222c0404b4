using Contracts.Common;

namespace Contracts.Messaging;

/// <summary>What is known about published messages, beyond their durability.</summary>
/// <param name="Effects">Whether their effects are stored yet, and how a reader can tell.</param>
public sealed record PublishReceipt(MessageEffects Effects)
{
    /// <summary>The position of each message, in the order of the publication; empty where the log has no offsets (RabbitMQ).</summary>
    public IReadOnlyList<LogPosition> Positions { get; init; } = [];

    /// <summary>
    /// Messages that could not be applied and are now dead letters; known only if the log shares the process with its handlers.
    /// </summary>
    public IReadOnlyList<RejectedMessage> Rejected { get; init; } = [];

    /// <summary>
    /// Whether each message was new, with all that it carries, in the order of the publication; empty, or false, where that is not known.
    /// </summary>
    public IReadOnlyList<bool> New { get; init; } = [];

    /// <summary>Whether it is known that a message was new, with all that it carries.</summary>
    public bool IsNew(int index) => index < New.Count && New[index];

    /// <summary>The position of one message; <see cref="LogPosition.None"/> where the log has no offsets.</summary>
    public LogPosition PositionOf(int index) => index < Positions.Count ? Positions[index] : LogPosition.None;
}
