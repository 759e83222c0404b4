using Contracts.Live;
using Contracts.Storage;
using Contracts.Timers;

namespace Runner.Timers.Due;

/// <summary>
/// Writes into the store what the previous process had only in its journal: those webhooks were answered, and must not go again.
/// </summary>
internal sealed partial class LeftOutcomes(
    IDueTimers store, IOutcomeJournal journal, ILiveNotices live, ILogger<LeftOutcomes> logger)
{
    private readonly Queue<(AttemptOutcome Outcome, IOutcomeJournal.Receipt Receipt)> left = new();

    /// <summary>Once, before anything is claimed. May be repeated when the store did not answer.</summary>
    /// <exception cref="StoreUnavailableException">Not all are written yet.</exception>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var each in journal.TakeLeft())
        {
            left.Enqueue(each);
        }

        if (left.Count == 0)
        {
            return;
        }

        LogLeft(left.Count);
        var tenants = left.Select(each => each.Outcome.Tenant).ToHashSet(StringComparer.Ordinal);
        try
        {
            await store.RecordAsync([.. left.Select(each => each.Outcome)], cancellationToken);
            while (left.TryDequeue(out var written))
            {
                journal.Release(written.Receipt);
            }
        }
#pragma warning disable CA1031 // One that the store refuses holds up nobody, least of all the start.
        catch (Exception error) when (error is not (StoreUnavailableException or OperationCanceledException))
#pragma warning restore CA1031
        {
            await WriteOneByOneAsync(cancellationToken);
        }

        live.NoteTimersOf(tenants);
    }

    private async Task WriteOneByOneAsync(CancellationToken cancellationToken)
    {
        while (left.TryPeek(out var next))
        {
            // Its webhook goes again only if not even that is taken, as after every claim without an outcome.
            if (await RefusedAsync(next.Outcome, cancellationToken) is not null
                && await RefusedAsync(next.Outcome.Bare(), cancellationToken) is { } error)
            {
                LogRefused(error, next.Outcome.Key);
            }

            journal.Release(next.Receipt);
            left.Dequeue();
        }
    }

    private async Task<Exception?> RefusedAsync(AttemptOutcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            await store.RecordAsync([outcome], cancellationToken);
            return null;
        }
#pragma warning disable CA1031 // Whatever it is that the store cannot take of it.
        catch (Exception error) when (error is not (StoreUnavailableException or OperationCanceledException))
#pragma warning restore CA1031
        {
            return error;
        }
    }

    [LoggerMessage(3006, LogLevel.Information, "Outcomes in the journal of the previous process: {Count}. They are written now")]
    private partial void LogLeft(int count);

    [LoggerMessage(3007, LogLevel.Error, "The store refuses an outcome of timer {Key} from the journal; the timer is sent again")]
    private partial void LogRefused(Exception error, Guid key);
}
