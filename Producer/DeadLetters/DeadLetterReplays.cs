using Contracts.Messaging;

namespace Producer.DeadLetters;

/// <summary>Puts dead letters back on the log of their topic.</summary>
internal sealed class DeadLetterReplays(IDeadLetterStore store, IEnumerable<IDeadLetterReplay> replays)
{
    private readonly List<IDeadLetterReplay> known = [.. replays];

    /// <summary>Why a content cannot be replayed as a letter's; null when it can.</summary>
    public string? FindFault(DeadLetter letter, ReadOnlySpan<byte> content) => Find(letter) is { } replay
        ? replay.FindFault(content)
        : $"No message of the type '{letter.Type}' is known on the topic {letter.Topic}.";

    /// <summary>Publishes first and notes it afterwards: a failure between the two leaves the letter open, and replaying it again changes nothing.</summary>
    /// <returns>The letter as it is now, and whether its message is applied already.</returns>
    /// <exception cref="LogUnavailableException">Not on the log, or not known to be.</exception>
    public async Task<(DeadLetter Letter, bool IsApplied)> ReplayAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var receipt = await Find(letter)!.ReplayAsync(letter, cancellationToken);
        if (receipt.Rejected.Count == 0)
        {
            var replayed = letter with { State = DeadLetterState.Replayed, Replays = letter.Replays + 1, Version = letter.Version + 1 };
            if (await store.TryReplaceAsync(letter, replayed, cancellationToken))
            {
                return (replayed, receipt.Effects == MessageEffects.Stored);
            }
        }

        // It has died again already, or somebody else was faster.
        return (await store.FindAsync(letter.Tenant, letter.Id, cancellationToken) ?? letter, false);
    }

    private IDeadLetterReplay? Find(DeadLetter letter) => known.Find(replay =>
        replay.Topic == letter.Topic && (replay.Type == letter.Type || (letter.Type.Length == 0 && known.Count(each => each.Topic == letter.Topic) == 1)));
}
