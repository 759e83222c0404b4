namespace Contracts.Messaging;

/// <summary>Puts dead letters of one message type back on their log.</summary>
public interface IDeadLetterReplay
{
    /// <summary>The topic that it carries.</summary>
    string Topic { get; }

    /// <summary>The message type's name.</summary>
    string Type { get; }

    /// <summary>
    /// Whether some content can stand in for the letter's: a message of this type, with the letter's key if it has one. Another key would
    /// make it another timer's or device's message, and whoever tracks the original would never hear of it.
    /// </summary>
    /// <returns>What is wrong with it; null if it is valid.</returns>
    string? FindFault(DeadLetter letter, ReadOnlySpan<byte> content);

    /// <summary>
    /// What an edit breaks of the rules for requests (<see cref="IMessageRules{TMessage}"/>), unless the letter did so already.
    /// </summary>
    /// <param name="letter">As it is.</param>
    /// <param name="content">What <see cref="FindFault"/> found no fault with.</param>
    /// <returns>Fields, as paths within the content, and what is wrong with each.</returns>
    IReadOnlyDictionary<string, string[]> FindBreaches(DeadLetter letter, ReadOnlySpan<byte> content);

    /// <summary>The letter's content as it may be shown: without credentials.</summary>
    ReadOnlyMemory<byte> Show(DeadLetter letter);

    /// <summary>Puts what <see cref="Show"/> has left out back into an edit that has it masked still.</summary>
    /// <returns>Null if the edit has a mask where the letter has nothing to put.</returns>
    byte[]? Restore(DeadLetter letter, byte[] content);

    /// <summary>Publishes the letter's content, under its tenant and with its original position.</summary>
    /// <exception cref="MessageRejectedException">The content is not a message of this type.</exception>
    /// <exception cref="LogUnavailableException">The messages are not durable, or it is unknown whether they are.</exception>
    Task<PublishReceipt> ReplayAsync(DeadLetter letter, CancellationToken cancellationToken);
}
