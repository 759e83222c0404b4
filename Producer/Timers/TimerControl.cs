using Contracts.Timers;

namespace Producer.Timers;

/// <summary>
/// Runs commands against the store, each as one compare-and-set. Where the Runner shares the process, a loaded timer is
/// taken from it first, so that "cancelled" means that nothing is sent any more.
/// </summary>
internal sealed class TimerControl(ITimerStore store, TimerReads reads, TimerCopies copies, IArmedTimers armed, IWakeUps wakeUps, TimeProvider time)
{
    /// <summary>A claim between the store and the Runner's memory, in either direction, takes this long at most.</summary>
    private static readonly TimeSpan InBetween = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    /// <param name="key">The timer.</param>
    /// <param name="versions">Versions that If-Match allows; null for any.</param>
    /// <param name="decide">What the command means for the timer as it stands. May be asked again when the timer changes meanwhile.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async Task<ControlResult> RunAsync(
        Guid key, IReadOnlyList<long>? versions, Func<TimerRecord, Decision> decide, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var take = armed.TryTake(key);
            using var hold = take.Hold;
            if (await reads.FindRowAsync(key, cancellationToken) is not { } row)
            {
                return new ControlResult(ControlOutcome.Unknown);
            }

            if (versions is not null && !versions.Contains(row.Version))
            {
                return new ControlResult(ControlOutcome.Changed, row);
            }

            if (row.State == TimerState.Armed && take.Position == ArmedPosition.Absent && time.GetElapsedTime(started) < InBetween)
            {
                // Claimed and not yet loaded, or sent and forgotten a moment after this row was read, or another command has it.
                await Task.Delay(Look, time, cancellationToken);
                continue;
            }

            var isTaken = hold is not null && row.State == TimerState.Armed && row.Claim == hold.Token;
            if (isTaken && row.Pending != PendingCommand.None
                && ClaimSettlement.HandedBack(row, hold!.Token, row.NextAt, Instants.CeilingToMilliseconds(time.GetUtcNow())) is { } settled)
            {
                // Recorded before the Runner had loaded it: that takes effect first, and this command meets what it made.
                if (await store.TryReplaceAsync(row, settled, cancellationToken))
                {
                    hold.Release();
                    versions = versions is null ? null : [settled.Version];
                }

                continue;
            }

            var decision = decide(isTaken ? row with { State = TimerState.Scheduled, Claim = null } : row);
            if (decision.Refusal is { } refusal)
            {
                return new ControlResult(ControlOutcome.Refused, row, refusal);
            }

            var outcome = decision.Recorded ? ControlOutcome.Recorded : ControlOutcome.Done;
            if (decision.Changed is not { } changed)
            {
                return new ControlResult(outcome, row);
            }

            if (!await store.TryReplaceAsync(row, changed, cancellationToken))
            {
                continue;
            }

            hold?.Release();
            if (changed.Attempts == 0)
            {
                // With attempts it lacks the latest one, and a final copy must be whole.
                copies.Put(changed, lastAttempt: null);
            }

            if (changed.State == TimerState.Scheduled)
            {
                wakeUps.Notify(key, changed.NextAt);
            }

            return new ControlResult(outcome, changed);
        }
    }
}
