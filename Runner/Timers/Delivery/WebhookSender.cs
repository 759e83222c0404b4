using Contracts.Common;
using Contracts.Storage;
using Contracts.Timers;
using Runner.Timers.Armed;
using Runner.Timers.Receivers;

namespace Runner.Timers.Delivery;

/// <summary>
/// Sends one timer: marks it if its policy requires that, checks the lease, exchanges, judges, and passes the outcome on.
/// </summary>
internal sealed partial class WebhookSender(
    WebhookExchange exchange, Verdict verdict, OutcomeRecorder recorder, IDueTimers store, IRunnerLease lease, IStoreClock clock,
    TimeProvider time, RunnerMetrics metrics, Shortages shortages, KeptResponses kept, ILogger<WebhookSender> logger) : IDisposable
{
    /// <summary>How long a timer stays in the store that could not be sent for a lack of this process.</summary>
    private static readonly TimeSpan ShortagePause = TimeSpan.FromSeconds(1);

    /// <summary>The same for one whose credentials cannot be decrypted: until somebody gives the key back, each round is in vain.</summary>
    private static readonly TimeSpan CredentialsPause = TimeSpan.FromSeconds(10);

    /// <summary>Ends exchanges that outlast the program's stop time-out.</summary>
    private readonly CancellationTokenSource stop = new();

    /// <summary>Never throws: whatever happens stays with this timer.</summary>
    public async Task SendAsync(ArmedTimer armed)
    {
        try
        {
            var timer = armed.Timer;
            if (timer.HasExpired(clock.Latest))
            {
                HandBackUnsent(armed);
                return;
            }

            if (timer.Spec.OnAmbiguous == AmbiguousPolicy.Park && !await TryMarkAsync(timer))
            {
                recorder.HandBack(armed, clock.Now.AddSeconds(1));
                return;
            }

            // The stop time-out is over: an exchange begun now would be an attempt that sent nothing.
            if (stop.IsCancellationRequested || !lease.MaySend(timer.Runner))
            {
                HandBackUnsent(armed);
                return;
            }

            await ExchangeAsync(armed, timer);
        }
        catch (ShortageException error)
        {
            shortages.Report(error.Shortage);
            recorder.HandBack(armed, clock.Now + (error.Shortage == Shortage.Credentials ? CredentialsPause : ShortagePause));
        }
#pragma warning disable CA1031 // A defect in one timer's sending must not end the slot that others are sent through.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogDefect(error, armed.Timer.Key);
            recorder.HandBack(armed, clock.Now.AddSeconds(30));
        }
    }

    /// <summary>Hands back a timer that has expired, which ends it, so that it waits for nobody.</summary>
    /// <returns>False if it has not expired.</returns>
    public bool TryEnd(ArmedTimer armed)
    {
        if (armed.Timer.ExpiresAt is null || !armed.Timer.HasExpired(clock.Now))
        {
            return false;
        }

        // If a command has it, that command sees that it has expired.
        if (armed.TryLeave())
        {
            HandBackUnsent(armed);
        }

        return true;
    }

    /// <summary>Cancels the exchanges in flight.</summary>
    public void Abort() => stop.Cancel();

    public void Dispose() => stop.Dispose();

    private async Task ExchangeAsync(ArmedTimer armed, ClaimedTimer timer)
    {
        using var span = RunnerTraces.StartFire(timer);
        var startedAt = clock.Now;
        var started = time.GetTimestamp();
        var result = await exchange.RunAsync(timer, stop.Token);
        if (ReferenceEquals(result, Exchange.NotBegun))
        {
            HandBackUnsent(armed);
            return;
        }

        var latency = time.GetElapsedTime(started);

        // The promise is about the first attempt; a retry is measured against its own instant.
        var promised = timer.Attempts == timer.AttemptsBeforeReplay && timer.Attempts == 0 ? timer.DueAt : timer.NextAt;
        var lateness = startedAt > promised ? startedAt - promised : TimeSpan.Zero;
        var (state, nextAt) = verdict.Of(timer, result, Instants.CeilingToMilliseconds(clock.Latest));
        var attempt = new AttemptRecord
        {
            Occurrence = timer.Occurrence,
            Number = timer.Attempt,
            StartedAt = startedAt,
            Latency = latency,
            Lateness = lateness,
            Status = result.Status,
            Error = result.Error ?? (state == TimerState.Scheduled ? Snooze.Describe(nextAt) : null),
            Response = kept.Of(timer.Tenant, result.Response),
        };
        metrics.Attempted(timer.Tenant, attempt, state);
        await recorder.RecordAsync(armed, new AttemptOutcome(timer.Key, timer.Token, attempt, state, nextAt) { Tenant = timer.Tenant });
    }

    /// <summary>
    /// Hands back a timer that was not sent. One that may have expired is not offered again before it certainly has, and then it ends.
    /// </summary>
    private void HandBackUnsent(ArmedTimer armed)
    {
        var timer = armed.Timer;
        recorder.HandBack(armed, timer.HasExpired(clock.Latest) ? timer.ExpiresAt!.Value : timer.NextAt);
    }

    private async Task<bool> TryMarkAsync(ClaimedTimer timer)
    {
        try
        {
            return (await store.MarkSendingAsync([timer], CancellationToken.None)).Count == 1;
        }
        catch (StoreUnavailableException error)
        {
            LogNotMarked(timer.Key, error.Message);
            return false;
        }
    }

    [LoggerMessage(3101, LogLevel.Error, "Timer {Key} could not be sent because of a defect; it is retried")]
    private partial void LogDefect(Exception error, Guid key);

    [LoggerMessage(3102, LogLevel.Warning, "Timer {Key} could not be marked as being sent: {Reason} It is retried")]
    private partial void LogNotMarked(Guid key, string reason);
}
