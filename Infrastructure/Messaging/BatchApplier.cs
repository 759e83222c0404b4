using Contracts.Messaging;
using Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Messaging;

/// <summary>
/// Applies a batch by the same rules for every log: waits while the store is down, and finds the message that cannot be
/// applied.
/// </summary>
/// <remarks>
/// A message that its handler rejects becomes a dead letter at once, and one that fails or cannot be read while others, of its batch or
/// later ones, are applied does so alone. If no message can be applied, the fault is more likely ours, as where a Consumer is older than
/// its Producers: nothing is discarded, the batch pauses and is tried again. Only a few such messages in a row
/// (<see cref="MaxUnproven"/>), each tried several times, are treated as poison without proof.
/// </remarks>
/// <typeparam name="TEntry">A message with where it came from.</typeparam>
internal abstract partial class BatchApplier<TEntry>(string topic, ConsumerStalls stalls, TimeProvider time, ILogger logger)
    where TEntry : LogEntry
{
    /// <summary>Maximum number of dead letters in a row from unexpected failures, with no message applied in between.</summary>
    internal const int MaxUnproven = 3;

    /// <summary>How often a batch that fails completely is tried before <see cref="MaxUnproven"/> counts.</summary>
    private const int MaxTries = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Pause between two tries while the store is down.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);

    /// <summary>Pause between two tries of a batch that fails completely.</summary>
    private static readonly TimeSpan MaxStallPause = TimeSpan.FromSeconds(30);

    private int unproven;
    private volatile bool isStalled;
    private volatile TaskCompletionSource witnessed = NewSignal();

    protected string Topic => topic;

    protected TimeProvider Time => time;

    /// <summary>Whether a batch waits of which nothing could be applied.</summary>
    public bool IsStalled => isStalled;

    /// <summary>
    /// Completes when each entry is applied, or is a dead letter, or is no longer ours. Their order is kept within a partition.
    /// </summary>
    /// <returns>How many were applied.</returns>
    /// <exception cref="OperationCanceledException">Stopped before that.</exception>
    public async Task<int> ApplyAsync(IReadOnlyList<TEntry> entries, CancellationToken cancellationToken)
    {
        var applied = 0;
        var runs = LogRuns.Of(entries.All(entry => entry.IsReadable) ? entries : [.. entries.Where(entry => entry.IsReadable)]);
        for (var i = 0; i < runs.Count; i++)
        {
            applied += await ApplyRunAsync(runs[i], runs.Skip(i + 1).SelectMany(run => run), isProven: false, cancellationToken);
        }

        // Last, when it is known whether this process can read what comes.
        if (entries.Where(entry => !entry.IsReadable).ToList() is { Count: > 0 } unreadable)
        {
            await ApplyRunAsync(unreadable, [], isProven: applied > 0, cancellationToken);
        }

        return applied;
    }

    /// <summary>Makes it a dead letter, durably.</summary>
    protected abstract Task DeadLetterAsync(TEntry entry, Exception reason, CancellationToken cancellationToken);

    /// <summary>The effects of these are durable.</summary>
    protected virtual void OnApplied(IReadOnlyList<TEntry> entries)
    {
    }

    /// <summary>Whether messages that cannot be applied now are retried after a pause; if not, they are given up.</summary>
    protected virtual bool Waits => true;

    /// <summary>
    /// Later messages, in order, while no message of a batch can be applied: if one of them can, the handler is not at fault. They are
    /// applied again with their own batch.
    /// </summary>
    protected virtual IReadOnlyList<TEntry> Witnesses => [];

    /// <summary>A witness has come: a batch that is stalled is tried again now, since its pauses are long.</summary>
    protected void Witness()
    {
        if (isStalled)
        {
            witnessed.TrySetResult();
        }
    }

    /// <summary>These are not applied and not retried: their publishers must be told.</summary>
    protected virtual void GiveUp(IReadOnlyList<TEntry> entries, Exception error)
    {
    }

    /// <summary>Repeats an action that needs the log or the store until it succeeds.</summary>
    protected async Task PersistAsync(Func<Task> step, Func<bool> isNeeded, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (isNeeded())
        {
            try
            {
                await step();
                return;
            }
            catch (Exception error) when (IsUnavailable(error))
            {
                LogUnavailable(1, error.Message);
                await Task.Delay(pause, time, cancellationToken);
                pause = Longer(pause, MaxPause);
            }
        }
    }

    /// <param name="run">Messages of one type, or unreadable ones.</param>
    /// <param name="rest">Those of the batch that follow.</param>
    /// <param name="isProven">Whether others are applied, so that what fails here is poison.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task<int> ApplyRunAsync(
        IReadOnlyList<TEntry> run, IEnumerable<TEntry> rest, bool isProven, CancellationToken cancellationToken)
    {
        try
        {
            return await ApplyUntilNothingIsLeftAsync(run, rest, isProven, cancellationToken);
        }
        finally
        {
            isStalled = false;
            stalls.End(topic);
        }
    }

    private async Task<int> ApplyUntilNothingIsLeftAsync(
        IReadOnlyList<TEntry> run, IEnumerable<TEntry> rest, bool isProven, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        var dead = new HashSet<TEntry>();
        for (var tries = 1; ; tries++)
        {
            var mine = run.Where(entry => entry.IsMine && !dead.Contains(entry)).ToList();
            if (mine.Count == 0)
            {
                return 0;
            }

            using var span = LogTraces.StartProcess(topic, mine);
            witnessed = NewSignal();
            var found = new Findings();
            TimeSpan maxPause;
            try
            {
                await HandleAsync(mine, found, cancellationToken);
                found.IsHandlerSound = isProven || found.Applied.Count > 0
                    || (found.Failed.Exists(failed => !IsVerdict(failed))
                        && await IsAnyWitnessAppliedAsync(mine[0], rest, cancellationToken));
                await DeadLetterAsync(FindPoison(found, tries), dead, cancellationToken);
                var left = found.Failed.Where(failed => !dead.Contains(failed.Entry)).ToList();
                if (left.Count == 0)
                {
                    return found.Applied.Count;
                }

                var error = left[0].Error;
                if (!Waits)
                {
                    LogGivenUp(error, left.Count, topic);
                    GiveUp([.. left.Select(failed => failed.Entry)], error);
                    return found.Applied.Count;
                }

                maxPause = MaxStallPause;
                LogStalled(error, left.Count, PlaceOf(left[0].Entry));
                stalls.Begin(topic, error.Message);
                isStalled = true;
            }
            catch (Exception error) when (IsUnavailable(error))
            {
                if (!Waits)
                {
                    GiveUp([.. mine.Except(found.Applied).Except(dead)], error);
                    return found.Applied.Count;
                }

                maxPause = MaxPause;
                LogUnavailable(mine.Count, error.Message);
                tries--;
            }

            // Messages already applied are applied again: handlers are idempotent.
            if (await IsWitnessedAsync(pause, cancellationToken))
            {
                tries--;
            }
            else
            {
                pause = Longer(pause, maxPause);
            }
        }
    }

    /// <summary>Waits for a pause to end; true if a witness has come, which others may follow closely.</summary>
    private async Task<bool> IsWitnessedAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        var signal = witnessed.Task;
        if (await Task.WhenAny(Task.Delay(pause, time, cancellationToken), signal) != signal)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }

        await Task.Delay(FirstPause, time, cancellationToken);
        return true;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <remarks>
    /// Within a partition nothing is applied before an earlier message, unless that one fails: a store that counts up to an offset would
    /// pass the earlier one over.
    /// </remarks>
    private async Task<bool> IsAnyWitnessAppliedAsync(TEntry failing, IEnumerable<TEntry> rest, CancellationToken cancellationToken)
    {
        var closed = rest.Select(entry => entry.Position.Partition).ToHashSet();
        foreach (var witness in Witnesses.Where(witness => witness.IsMine && witness.IsReadable))
        {
            // Any type proves that this process can read; only one of its own type speaks for a handler.
            var isAnother = failing.IsReadable && witness.Route != failing.Route;
            if (closed.Contains(witness.Position.Partition) || (isAnother && closed.Add(witness.Position.Partition)))
            {
                continue;
            }

            var found = new Findings();
            await HandleAsync([witness], found, cancellationToken);
            if (found.Applied.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Hands them over together or, if that fails, in halves, down to single ones.</summary>
    private async Task HandleAsync(List<TEntry> entries, Findings found, CancellationToken cancellationToken)
    {
        try
        {
            await entries[0].Route.HandleAsync(entries, cancellationToken);
            found.Applied.AddRange(entries);
            OnApplied(entries);
        }
#pragma warning disable CA1031 // Whatever the handler says: the others go on.
        catch (Exception error) when (
            !IsUnavailable(error) && (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested))
#pragma warning restore CA1031
        {
            if (entries.Count == 1)
            {
                found.Failed.Add((entries[0], error));
                return;
            }

            await HandleAsync(entries[..(entries.Count / 2)], found, cancellationToken);
            await HandleAsync(entries[(entries.Count / 2)..], found, cancellationToken);
        }
    }

    /// <summary>
    /// The poison among the failed messages: rejected, or failing while others are applied, or a few without proof either way.
    /// </summary>
    private List<(TEntry Entry, Exception Error)> FindPoison(Findings found, int tries)
    {
        if (found.IsHandlerSound)
        {
            unproven = 0;
            return found.Failed;
        }

        var unexpected = found.Failed.Count(failed => !IsVerdict(failed));
        if (!Waits || tries < MaxTries || unproven + unexpected > MaxUnproven)
        {
            return [.. found.Failed.Where(IsVerdict)];
        }

        unproven += unexpected;
        return found.Failed;
    }

    private async Task DeadLetterAsync(
        List<(TEntry Entry, Exception Error)> poison, HashSet<TEntry> dead, CancellationToken cancellationToken)
    {
        foreach (var (entry, error) in poison)
        {
            await DeadLetterAsync(entry, error, cancellationToken);
            dead.Add(entry);
            LogDeadLetter(error, PlaceOf(entry));
        }
    }

    /// <summary>Whether the handler read it and said no, which is no failure.</summary>
    private static bool IsVerdict((TEntry Entry, Exception Error) failed) =>
        failed.Entry.IsReadable && failed.Error is MessageRejectedException;

    private string PlaceOf(TEntry entry) => entry.Position.IsKnown ? $"{topic} {entry.Position}" : topic;

    private static bool IsUnavailable(Exception error) => error is StoreUnavailableException or LogUnavailableException;

    private static TimeSpan Longer(TimeSpan pause, TimeSpan max) => pause * 2 < max ? pause * 2 : max;

    [LoggerMessage(2001, LogLevel.Warning, "Messages waiting: {Count}. {Reason} Trying again")]
    private partial void LogUnavailable(int count, string reason);

    [LoggerMessage(2002, LogLevel.Error, "The message at {Where} cannot be applied and became a dead letter")]
    private partial void LogDeadLetter(Exception error, string where);

    [LoggerMessage(2003, LogLevel.Error,
        "No message of a batch of {Count} can be applied, the first at {Where}. This looks like a defect: the batch waits and is retried")]
    private partial void LogStalled(Exception error, int count, string where);

    [LoggerMessage(2004, LogLevel.Error, "Messages of {Topic} that cannot be applied: {Count}. Publishers are told, nothing is stored")]
    private partial void LogGivenUp(Exception error, int count, string topic);

    /// <summary>The result of one try.</summary>
    private sealed class Findings
    {
        public List<TEntry> Applied { get; } = [];

        public List<(TEntry Entry, Exception Error)> Failed { get; } = [];

        /// <summary>Something could be applied by it, of these or of what came after them.</summary>
        public bool IsHandlerSound { get; set; }
    }
}
