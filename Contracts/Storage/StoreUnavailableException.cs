namespace Contracts.Storage;

/// <summary>The store did not reply in time, or could not write.</summary>
/// <param name="outcome">Whether the write may have taken effect.</param>
/// <param name="message">Why, in words that may be shown to a client.</param>
/// <param name="inner">The driver's own failure.</param>
public sealed class StoreUnavailableException(WriteOutcome outcome, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Whether the write may have taken effect.</summary>
    public WriteOutcome Outcome { get; } = outcome;
}
