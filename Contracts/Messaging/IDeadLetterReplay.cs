namespace Contracts.Messaging;

/// <summary>Puts dead letters of one message type back on their log.</summary>
public interface IDeadLetterReplay
{
    /// <summary>The topic that it carries.</summary>
    string Topic { get; }

    /// <summary>The message type's name.</summary>
    string Type { get; }

    /// <summary>Whether a content is a message of this type.</summary>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    string? FindFault(ReadOnlySpan<byte> content);

    /// <summary>Publishes the letter's content, under its tenant and with its original position.</summary>
    /// <exception cref="MessageRejectedException">The content is no message of this type.</exception>
    /// <exception cref="LogUnavailableException">Not durable, or not known to be.</exception>
    Task<PublishReceipt> ReplayAsync(DeadLetter letter, CancellationToken cancellationToken);
}
