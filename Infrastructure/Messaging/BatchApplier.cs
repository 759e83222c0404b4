using Contracts.Messaging;
using Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Messaging;

/// <summary>Applies a batch whatever happens: waits for a store that is away, and finds the message that cannot be applied.</summary>
/// <typeparam name="TEntry">A message with where it came from.</typeparam>
/// <typeparam name="TMessage">What the handler takes.</typeparam>
internal abstract partial class BatchApplier<TEntry, TMessage>(IBatchHandler<TMessage> handler, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Completes when each entry is applied, or is a dead letter, or is not ours any more. Their order is kept.</summary>
    /// <returns>How many were applied.</returns>
    /// <exception cref="OperationCanceledException">Stopped before that.</exception>
    public async Task<int> ApplyAsync(IReadOnlyList<TEntry> entries, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (true)
        {
            var mine = entries.Where(IsMine).ToList();
            if (mine.Count == 0)
            {
                return 0;
            }

            try
            {
                await handler.HandleAsync([.. mine.Select(MessageOf)], cancellationToken);
                return mine.Count;
            }
            catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException)
            {
                LogUnavailable(mine.Count, error.Message);
                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
#pragma warning disable CA1031 // Whatever the handler says: the message goes where people look, and the others go on.
            catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                if (mine.Count == 1)
                {
                    await BuryAsync(mine[0], error, cancellationToken);
                    return 0;
                }

                // What was applied of it is applied again: handlers are idempotent.
                return await ApplyAsync(mine[..(mine.Count / 2)], cancellationToken) + await ApplyAsync(mine[(mine.Count / 2)..], cancellationToken);
            }
        }
    }

    /// <summary>False when another process has taken it over.</summary>
    protected abstract bool IsMine(TEntry entry);

    protected abstract TMessage MessageOf(TEntry entry);

    /// <summary>Makes it a dead letter, durably.</summary>
    protected abstract Task BuryAsync(TEntry entry, Exception reason, CancellationToken cancellationToken);

    /// <summary>Repeats what needs the log until it succeeds.</summary>
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
            catch (LogUnavailableException error)
            {
                LogUnavailable(1, error.Message);
                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    [LoggerMessage(2001, LogLevel.Warning, "{Count} messages wait: {Reason} Trying again")]
    private partial void LogUnavailable(int count, string reason);

    protected void LogBuried(Exception error, string where) => LogDeadLetter(logger, where, error);

    [LoggerMessage(2002, LogLevel.Error, "The message at {Where} cannot be applied and became a dead letter")]
    private static partial void LogDeadLetter(ILogger logger, string where, Exception error);
}
