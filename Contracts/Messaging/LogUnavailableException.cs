using Contracts.Storage;

namespace Contracts.Messaging;

/// <summary>The log did not confirm that messages are durable.</summary>
/// <param name="outcome">Whether they may still appear.</param>
/// <param name="message">Why, in words that may be shown to a client.</param>
/// <param name="inner">The driver's own failure.</param>
public sealed class LogUnavailableException(WriteOutcome outcome, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Whether the messages may still appear.</summary>
    public WriteOutcome Outcome { get; } = outcome;
}
