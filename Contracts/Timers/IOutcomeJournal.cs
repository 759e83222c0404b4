namespace Contracts.Timers;

/// <summary>
/// Keeps outcomes from the moment they are known until the store has them, where both are files of one machine: a kill of the process then
/// repeats nothing that was answered.
/// </summary>
/// <remarks>
/// What a journal holds counts. A start writes it into the store before anything is claimed; repeating what the store has already changes
/// nothing.
/// </remarks>
public interface IOutcomeJournal
{
    /// <summary>Why it has kept nothing for a while, in words for an operator; null while it does.</summary>
    string? Fault { get; }

    /// <summary>
    /// Appends an outcome. Alone it outlives the process from here on, in a burst from a few milliseconds later on, and soon a power cut as
    /// well.
    /// </summary>
    /// <returns>
    /// A receipt; null when there is no room, because the store is far behind, or nothing can be written: then only the store keeps it.
    /// </returns>
    Receipt? TryAppend(AttemptOutcome outcome);

    /// <summary>The store has the outcome: its place may be used again.</summary>
    void Release(Receipt receipt);

    /// <summary>
    /// What the previous process left; the caller releases each once the store has it. Before the first append, and once.
    /// </summary>
    IReadOnlyList<(AttemptOutcome Outcome, Receipt Receipt)> TakeLeft();

    /// <summary>Where an outcome stands; only the journal that gave it understands it.</summary>
    /// <param name="Segment">The part of the journal that holds it.</param>
    readonly record struct Receipt(int Segment);
}
