using System.Threading.Channels;
using Contracts.Common;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Options;
using Runner.Timers.Armed;

namespace Runner.Timers.Delivery;

/// <summary>Writes the outcomes of claimed timers in bulk; while one write runs, the next batch fills.</summary>
/// <remarks>
/// Nothing is dropped: while the store accepts no writes, outcomes wait here, and when too many wait, sending waits, too.
/// </remarks>
internal sealed partial class OutcomeRecorder(
    IDueTimers store, ArmedTimers armed, IStoreClock clock, WakeUps wakeUps, TimeProvider time, IOptions<DueOptions> options,
    ILogger<OutcomeRecorder> logger) : IHostedService, IDisposable
{
    private const int MaxWaiting = 10_000;
    private const int MaxBatch = 1_000;
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);

    private readonly Channel<Entry> entries = Channel.CreateBounded<Entry>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Channel<Entry> returns = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource giveUp = new();
    private Task recording = Task.CompletedTask;
    private Task returning = Task.CompletedTask;

    public ValueTask RecordAsync(ArmedTimer timer, AttemptOutcome outcome) =>
        entries.Writer.WriteAsync(new Entry(timer, outcome, null));

    /// <summary>Hands a timer back unsent. From here on commands no longer find it.</summary>
    public void HandBack(ArmedTimer timer, DateTimeOffset nextAt)
    {
        armed.Remove(timer);
        returns.Writer.TryWrite(new Entry(timer, null, new HandBack(timer.Timer.Key, timer.Timer.Token, nextAt)));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        recording = WriteAllAsync(entries.Reader, WriteOutcomesAsync);
        returning = WriteAllAsync(returns.Reader, WriteReturnsAsync);
        return Task.CompletedTask;
    }

    /// <summary>Writes the waiting outcomes, then ends. Senders have ended by now.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        entries.Writer.TryComplete();
        returns.Writer.TryComplete();
        await using var outOfTime = cancellationToken.Register(GiveUp);
        await Task.WhenAll(recording, returning);
    }

    /// <summary>From here on each write is attempted only once, so that nobody waits for room any longer.</summary>
    public void GiveUp() => giveUp.Cancel();

    public void Dispose() => giveUp.Dispose();

    private async Task WriteAllAsync(ChannelReader<Entry> reader, Func<List<Entry>, Task> writeAsync)
    {
        var together = new List<Entry>();
        while (await reader.WaitToReadAsync())
        {
            while (together.Count < MaxBatch && reader.TryRead(out var entry))
            {
                together.Add(entry);
            }

            await WriteUntilStoredAsync(together, writeAsync);
            together.Clear();
        }
    }

    private async Task WriteUntilStoredAsync(List<Entry> together, Func<List<Entry>, Task> writeAsync)
    {
        for (var pause = MinPause; ; pause = pause + pause < MaxPause ? pause + pause : MaxPause)
        {
            try
            {
                await writeAsync(together);
                return;
            }
#pragma warning disable CA1031 // Whatever fails, these outcomes must be written: retried until they are.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogNotWritten(error is StoreUnavailableException ? null : error, together.Count, error.Message);
            }

            if (giveUp.IsCancellationRequested)
            {
                // Out of time while stopping, after at least one attempt: the next start takes these claims back.
                LogLeftBehind(together.Count);
                return;
            }

            try
            {
                await Task.Delay(pause, time, giveUp.Token);
            }
            catch (OperationCanceledException)
            {
                // One last attempt.
            }
        }
    }

    private async Task WriteOutcomesAsync(List<Entry> together)
    {
        await store.RecordAsync(together.ConvertAll(entry => entry.Outcome!), CancellationToken.None);
        foreach (var entry in together)
        {
            armed.Remove(entry.Timer);
            if (entry.Outcome!.State == TimerState.Scheduled && entry.Outcome.NextAt <= clock.Now + options.Value.Window)
            {
                wakeUps.Notify(entry.Outcome.NextAt);
            }
        }
    }

    private Task WriteReturnsAsync(List<Entry> together) =>
        store.HandBackAsync(
            together.ConvertAll(entry => entry.HandBack!), Instants.CeilingToMilliseconds(clock.Now), CancellationToken.None);

    [LoggerMessage(3111, LogLevel.Warning, "{Count} outcomes could not be written: {Reason} Trying again")]
    private partial void LogNotWritten(Exception? error, int count, string reason);

    [LoggerMessage(3112, LogLevel.Error, "Stopped with {Count} outcomes unwritten; the next start sends those timers again")]
    private partial void LogLeftBehind(int count);

    /// <summary>Either an outcome or a hand-back.</summary>
    private sealed record Entry(ArmedTimer Timer, AttemptOutcome? Outcome, HandBack? HandBack);
}
