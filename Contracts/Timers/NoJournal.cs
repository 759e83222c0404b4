namespace Contracts.Timers;

/// <summary>Outcomes are on disk once the store has them, and not before: of several Runners, each must find what the others did.</summary>
public sealed class NoJournal : IOutcomeJournal
{
    /// <inheritdoc />
    public string? Fault => null;

    /// <inheritdoc />
    public IOutcomeJournal.Receipt? TryAppend(AttemptOutcome outcome) => null;

    /// <inheritdoc />
    public void Release(IOutcomeJournal.Receipt receipt)
    {
        // None was given.
    }

    /// <inheritdoc />
    public IReadOnlyList<(AttemptOutcome Outcome, IOutcomeJournal.Receipt Receipt)> TakeLeft() => [];
}
