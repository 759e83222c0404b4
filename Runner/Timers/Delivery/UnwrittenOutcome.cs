using Contracts.Timers;
using Runner.Timers.Armed;

namespace Runner.Timers.Delivery;

/// <summary>What the store is to be told of a claimed timer: an outcome or a hand-back.</summary>
internal sealed record UnwrittenOutcome(ArmedTimer Timer, AttemptOutcome? Outcome, HandBack? HandBack)
{
    /// <summary>Where the journal keeps it; null if it does not.</summary>
    public IOutcomeJournal.Receipt? Receipt { get; init; }

    /// <summary>The page that keeps it; null if none does.</summary>
    public OutcomePage? Page { get; init; }

    /// <summary>Without what the receiver sent and said.</summary>
    public UnwrittenOutcome Bare() => this with { Outcome = Outcome?.Bare() };
}
