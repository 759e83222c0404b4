using System.Threading.Channels;
using Contracts.Common;
using Contracts.Live;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Options;
using Runner.Timers.Armed;

namespace Runner.Timers.Delivery;

/// <summary>Writes the outcomes of claimed timers in bulk; while one write runs, the next batch fills.</summary>
/// <remarks>
/// Before that they go into the journal or, on the cluster, into a page, from which they count. Nothing is dropped: while the store takes
/// no writes, outcomes wait here, and when too many wait, sending waits too. A batch that the store refuses is split until what it refuses
/// stands alone; that is tried again by itself, and nobody waits for it.
/// </remarks>
internal sealed partial class OutcomeRecorder(
    IDueTimers store, IOutcomeJournal journal, OutcomeKeeper keeper, ArmedTimers armed, IStoreClock clock, WakeUps wakeUps,
    ILiveNotices live, RunnerMetrics metrics, TimeProvider time, IOptions<DueOptions> options,
    ILogger<OutcomeRecorder> logger) : IHostedService, IDisposable
{
    private const int MaxWaiting = 10_000;
    private const int MaxBatch = 1_000;

    /// <summary>
    /// How long outcomes that the journal has gather before they are written: nothing hurries then, and few large transactions cost less
    /// than many small ones. Their timers are shown as under way until then.
    /// </summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);

    private readonly Channel<UnwrittenOutcome> entries = Channel.CreateBounded<UnwrittenOutcome>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Channel<UnwrittenOutcome> returns = Channel.CreateUnbounded<UnwrittenOutcome>(
        new UnboundedChannelOptions { SingleReader = true });
    private readonly Channel<(UnwrittenOutcome Entry, Func<List<UnwrittenOutcome>, Task> WriteAsync)> refused =
        Channel.CreateUnbounded<(UnwrittenOutcome Entry, Func<List<UnwrittenOutcome>, Task> WriteAsync)>(
            new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource giveUp = new();
    private volatile bool isJournaled;
    private Task keeping = Task.CompletedTask;
    private Task recording = Task.CompletedTask;
    private Task returning = Task.CompletedTask;
    private Task insisting = Task.CompletedTask;

    public ValueTask RecordAsync(ArmedTimer timer, AttemptOutcome outcome)
    {
        var receipt = journal.TryAppend(outcome);
        isJournaled = receipt is not null;
        if (receipt is not null && timer.Slot is { } slot)
        {
            slot.IsKept = true;
        }

        var entry = new UnwrittenOutcome(timer, outcome, null) { Receipt = receipt };
        return receipt is null && keeper.IsOn ? keeper.KeepAsync(entry) : entries.Writer.WriteAsync(entry);
    }

    /// <summary>Hands a timer back unsent. From here on commands no longer find it.</summary>
    public void HandBack(ArmedTimer timer, DateTimeOffset nextAt)
    {
        armed.Remove(timer);
        returns.Writer.TryWrite(new UnwrittenOutcome(timer, null, new HandBack(timer.Timer.Key, timer.Timer.Token, nextAt)));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        keeping = keeper.KeepAllAsync(entries.Writer);
        recording = WriteAllAsync(entries.Reader, WriteOutcomesAsync, GatherAsync);
        returning = WriteAllAsync(returns.Reader, WriteReturnsAsync, _ => Task.CompletedTask);
        insisting = InsistAsync();
        return Task.CompletedTask;
    }

    /// <summary>Writes the waiting outcomes, then ends. Senders have ended by now.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        returns.Writer.TryComplete();
        await using var outOfTime = cancellationToken.Register(GiveUp);
        keeper.Complete();
        await keeping;
        entries.Writer.TryComplete();
        await Task.WhenAll(recording, returning);
        refused.Writer.TryComplete();
        await insisting;
    }

    /// <summary>From here on each write is attempted only once, so that nobody waits for room any longer.</summary>
    public void GiveUp()
    {
        giveUp.Cancel();
        keeper.GiveUp();
    }

    public void Dispose() => giveUp.Dispose();

    private async Task WriteAllAsync(
        ChannelReader<UnwrittenOutcome> reader, Func<List<UnwrittenOutcome>, Task> writeAsync,
        Func<ChannelReader<UnwrittenOutcome>, Task> gatherAsync)
    {
        var together = new List<UnwrittenOutcome>();
        while (await reader.WaitToReadAsync())
        {
            await gatherAsync(reader);
            while (together.Count < MaxBatch && reader.TryRead(out var entry))
            {
                together.Add(entry);
            }

            await WriteUntilStoredAsync(together, writeAsync);
            together.Clear();
        }
    }

    private Task GatherAsync(ChannelReader<UnwrittenOutcome> reader) =>
        !isJournaled ? keeper.GiveWayAsync(reader)
        : reader.Count < MaxBatch ? Task.Delay(Gathering, time)
        : Task.CompletedTask;

    private async Task WriteUntilStoredAsync(List<UnwrittenOutcome> together, Func<List<UnwrittenOutcome>, Task> writeAsync)
    {
        for (var pause = MinPause; ; pause = pause + pause < MaxPause ? pause + pause : MaxPause)
        {
            try
            {
                await writeAsync(together);
                return;
            }
            catch (StoreUnavailableException error)
            {
                LogNotWritten(null, together.Count, error.Message);
            }
#pragma warning disable CA1031 // It lies in what is to be written, or in the store's code for it: the others must not wait for that.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogNotWritten(error, together.Count, error.Message);
                await SplitAsync(together, writeAsync);
                return;
            }

            if (giveUp.IsCancellationRequested)
            {
                // Out of time while stopping, after at least one attempt: the next start takes these claims back.
                LogLeftBehind(together.Count);
                return;
            }

            await PauseAsync(pause);
        }
    }

    private async Task SplitAsync(List<UnwrittenOutcome> together, Func<List<UnwrittenOutcome>, Task> writeAsync)
    {
        if (together.Count == 1)
        {
            refused.Writer.TryWrite((together[0], writeAsync));
            return;
        }

        var half = together.Count / 2;
        await WriteUntilStoredAsync(together[..half], writeAsync);
        await WriteUntilStoredAsync(together[half..], writeAsync);
    }

    /// <summary>
    /// Tries each refused one again and again, without what the receiver sent and said: most likely that is what cannot be stored.
    /// </summary>
    private async Task InsistAsync()
    {
        await foreach (var (entry, writeAsync) in refused.Reader.ReadAllAsync())
        {
            try
            {
                await writeAsync([entry.Bare()]);
            }
#pragma warning disable CA1031 // Whatever fails, it must be written: repeated until it is.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogNotWritten(error is StoreUnavailableException ? null : error, 1, error.Message);
                if (giveUp.IsCancellationRequested || !refused.Writer.TryWrite((entry, writeAsync)))
                {
                    LogLeftBehind(1);
                    continue;
                }

                await PauseAsync(MaxPause);
            }
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, time, giveUp.Token);
        }
        catch (OperationCanceledException)
        {
            // One last try.
        }
    }

    private async Task WriteOutcomesAsync(List<UnwrittenOutcome> together)
    {
        await store.RecordAsync(together.ConvertAll(entry => entry.Outcome!), CancellationToken.None);
        armed.RemoveAll(together.Select(entry => entry.Timer));
        foreach (var receipt in together.Select(entry => entry.Receipt).OfType<IOutcomeJournal.Receipt>())
        {
            journal.Release(receipt);
        }

        await keeper.ReleaseAsync(together);
        foreach (var entry in together)
        {
            Tell(entry);
            if (entry.Outcome!.State == TimerState.Scheduled && entry.Timer.Timer.HasExpired(ClaimSettlement.EndOf(entry.Outcome.Attempt)))
            {
                metrics.Expired(entry.Outcome.Tenant, count: 1);
            }

            if (entry.Outcome!.State == TimerState.Scheduled && entry.Outcome.NextAt <= clock.Now + options.Value.Window)
            {
                wakeUps.Notify(entry.Outcome.NextAt);
            }
        }
    }

    private async Task WriteReturnsAsync(List<UnwrittenOutcome> together)
    {
        var now = Instants.CeilingToMilliseconds(clock.Now);
        await store.HandBackAsync(together.ConvertAll(entry => entry.HandBack!), now, CancellationToken.None);
        foreach (var tenant in together.Where(entry => entry.Timer.Timer.HasExpired(now)).CountBy(entry => entry.Timer.Timer.Tenant))
        {
            metrics.Expired(tenant.Key, tenant.Value);
        }

        // A command that was recorded meanwhile takes effect with it.
        together.ForEach(Tell);
    }

    private void Tell(UnwrittenOutcome entry)
    {
        var timer = entry.Timer.Timer;
        live.NoteTimer(timer.Tenant, timer.Key, timer.Spec.OwnId);
    }

    [LoggerMessage(3111, LogLevel.Warning, "Outcomes that could not be written: {Count}. {Reason} Trying again")]
    private partial void LogNotWritten(Exception? error, int count, string reason);

    [LoggerMessage(3112, LogLevel.Error, "Stopped before all outcomes were written; timers that the next start sends again: {Count}")]
    private partial void LogLeftBehind(int count);
}
