using Contracts.Common;
using Contracts.Messaging;
using Contracts.Storage;

namespace Producer.DeadLetters;

/// <summary>Puts dead letters back on the log of their topic.</summary>
internal sealed class DeadLetterReplays(
    IDeadLetterStore store, IEnumerable<IDeadLetterReplay> replays, IEnumerable<IEventTracker> trackers, IServiceProvider services,
    TimeProvider time)
{
    /// <summary>Pause between two reads of the store for one who waits.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Pause after a read that the store did not answer.</summary>
    private static readonly TimeSpan PollIntervalAfterFailure = TimeSpan.FromMilliseconds(200);

    private readonly List<IDeadLetterReplay> known = [.. replays];

    /// <summary>Why some content cannot be replayed in place of the letter's; null if it can.</summary>
    public string? FindFault(DeadLetter letter, ReadOnlySpan<byte> content) => Find(letter) is { } replay
        ? replay.FindFault(letter, content)
        : $"No message of the type '{letter.Type}' is known on the topic {letter.Topic}.";

    /// <summary>What an edit that has no fault breaks of the rules for requests: fields within the content, and why.</summary>
    public IReadOnlyDictionary<string, string[]> FindBreaches(DeadLetter letter, ReadOnlySpan<byte> content) =>
        Find(letter)!.FindBreaches(letter, content);

    /// <summary>A letter's content as it may be shown.</summary>
    public ReadOnlyMemory<byte> Show(DeadLetter letter) => Find(letter) is { } replay ? replay.Show(letter) : letter.Content;

    /// <summary>An edit with the values that its masks stand for; null if there are none to put.</summary>
    public byte[]? Restore(DeadLetter letter, byte[] content) =>
        Find(letter) is { } replay ? replay.Restore(letter, content) : content;

    /// <summary>
    /// Publishes first, then records the replay: a failure in between leaves the letter open, and replaying it again changes nothing.
    /// </summary>
    /// <param name="letter">The letter as it was read; one that has changed since is not replayed.</param>
    /// <param name="wait">How long to wait at most until the message is applied; null not to.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    /// <returns>The letter as it is now, and whether its message is applied already.</returns>
    /// <exception cref="LogUnavailableException">Not on the log, or not known to be.</exception>
    public async Task<(DeadLetter Letter, bool IsApplied)> ReplayAsync(
        DeadLetter letter, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var receipt = await Find(letter)!.ReplayAsync(letter, cancellationToken);
        if (receipt.Rejected.Count == 0)
        {
            var replayed = letter with { State = DeadLetterState.Replayed, Replays = letter.Replays + 1, Version = letter.Version + 1 };
            if (await store.TryReplaceAsync(letter, replayed, cancellationToken))
            {
                return receipt.Effects == MessageEffects.Stored ? (replayed, true)
                    : wait is { } span ? await WaitAsync(replayed, receipt.PositionOf(0), span, cancellationToken)
                    : (replayed, false);
            }
        }

        // It has failed again already, or somebody else was faster.
        return (await store.FindAsync(letter.Tenant, letter.Id, cancellationToken) ?? letter, false);
    }

    private async Task<(DeadLetter Letter, bool IsApplied)> WaitAsync(
        DeadLetter replayed, LogPosition position, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            var isApplied = position.IsKnown
                ? services.GetKeyedService<ILogProgress>(replayed.Topic) is { } progress
                    && await progress.WaitUntilAppliedAsync(position, wait, cancellationToken)
                : await WaitUntilStoredAsync(replayed, wait, cancellationToken);
            if (!isApplied)
            {
                return (replayed, false);
            }
        }
        catch (LogUnavailableException)
        {
            // The message is durable, which is all that was promised.
            return (replayed, false);
        }

        // The Consumer has processed it: the letter is open again if the message failed once more.
        var now = await store.FindAsync(replayed.Tenant, replayed.Id, cancellationToken) ?? replayed;
        return (now, now.State == DeadLetterState.Replayed);
    }

    /// <summary>
    /// A log without positions (RabbitMQ) cannot be asked; the store can. A message that fails again becomes a letter of its own.
    /// </summary>
    private async Task<bool> WaitUntilStoredAsync(DeadLetter replayed, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (trackers.FirstOrDefault(tracker => tracker.Topic == replayed.Topic) is not { } tracker || tracker.IdOf(replayed) is not { } id)
        {
            return false;
        }

        using var end = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        try
        {
            while (true)
            {
                var pause = PollInterval;
                try
                {
                    if (await tracker.FindAsync(id, either.Token) is not null)
                    {
                        return true;
                    }
                }
                catch (StoreUnavailableException)
                {
                    pause = PollIntervalAfterFailure;
                }

                await Task.Delay(pause, time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private IDeadLetterReplay? Find(DeadLetter letter) => known.Find(replay =>
        replay.Topic == letter.Topic
            && (replay.Type == letter.Type || (letter.Type.Length == 0 && known.Count(each => each.Topic == letter.Topic) == 1)));
}
