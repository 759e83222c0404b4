using Contracts.Common;
using Contracts.Live;
using Contracts.Storage;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>
/// Runs commands against the store, each as one compare-and-set. Where the Runner shares the process, a loaded timer is
/// taken from it first, so that "cancelled" means that nothing more is sent.
/// </summary>
internal sealed partial class TimerControl(
    ITimerStore store, TimerReads reads, TimerCopies copies, IArmedTimers armed, IWakeUps wakeUps, IStoreClock clock,
    CreationInstants instants, ILiveNotices live, TimeProvider time, ILogger<TimerControl> logger)
{
    /// <summary>Maximum time of a claim between the store and the Runner's memory, in either direction.</summary>
    private static readonly TimeSpan InBetween = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan GiveBackAgain = TimeSpan.FromMilliseconds(200);

    /// <param name="address">The timer that the command is for.</param>
    /// <param name="versions">Versions that If-Match allows; null for any.</param>
    /// <param name="decide">What the command means for the timer. Called again if the timer changes meanwhile.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async Task<ControlResult> RunAsync(
        TimerAddress address, IReadOnlyList<long>? versions, Func<TimerRecord, Decision> decide, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            // Before anything is read, so that a create that begins after an erasure is certainly later.
            var at = instants.Take(clock.Now);
            var take = armed.TryTake(address.Key);
            using var hold = take.Hold;
            if (await reads.FindRowAsync(address, cancellationToken) is not { } row)
            {
                return new ControlResult(ControlOutcome.Unknown);
            }

            if (versions is not null && !versions.Contains(row.Version))
            {
                return new ControlResult(ControlOutcome.Changed, row);
            }

            if (row.State == TimerState.Armed && take.Position == ArmedPosition.Absent && time.GetElapsedTime(started) < InBetween)
            {
                // Claimed but not loaded yet, or sent and forgotten just after this row was read, or held by another command.
                await Task.Delay(PollInterval, time, cancellationToken);
                continue;
            }

            var isTaken = hold is not null && row.State == TimerState.Armed && row.Claim == hold.Token;
            if (!isTaken)
            {
                // A command whose reply was lost, or another Runner, has it: by the store's row it is not ours to send.
                hold?.Release();
            }

            if (SettledFirst(row, isTaken ? hold : null) is { } settled)
            {
                if (await TryReplaceAsync(row, settled, hold))
                {
                    Tell(row, settled);
                    hold?.Release();
                    versions = versions is null ? null : [settled.Version];
                }

                continue;
            }

            var decision = decide(isTaken ? row with { State = TimerState.Scheduled, Claim = null } : row);
            if (decision.Refusal is { } refusal)
            {
                return new ControlResult(ControlOutcome.Refused, row, refusal);
            }

            if (decision.Errors is { } errors)
            {
                return new ControlResult(ControlOutcome.Invalid, row, Errors: errors);
            }

            if (decision.Erases)
            {
                // Not cancelled when the client disconnects: its copy must go, too.
                if (!await store.TryEraseAsync(row, at, CancellationToken.None))
                {
                    continue;
                }

                copies.Remove(address);
                live.NoteTimer(row.Tenant, row.Key, row.Spec.OwnId, row.Spec.Tags);
                return new ControlResult(ControlOutcome.Erased);
            }

            var outcome = decision.Recorded ? ControlOutcome.Recorded : ControlOutcome.Done;
            if (decision.Changed is not { } changed)
            {
                return new ControlResult(outcome, row);
            }

            if (!await TryReplaceAsync(row, changed, hold))
            {
                continue;
            }

            Tell(row, changed);
            hold?.Release();
            if (changed.Attempts == 0)
            {
                // The row of a timer with attempts lacks the latest one, and a final copy must be complete.
                copies.Put(changed, lastAttempt: null);
            }

            if (changed.State == TimerState.Scheduled)
            {
                wakeUps.Notify(changed.Key, changed.NextAt);
            }

            return new ControlResult(outcome, changed);
        }
    }

    /// <summary>What takes effect before a command, which then sees the result; null for nothing.</summary>
    /// <remarks>A command that was recorded before the Runner had loaded the timer, and the timer's expiry.</remarks>
    private TimerRecord? SettledFirst(TimerRecord row, IArmedHold? hold)
    {
        var now = Instants.CeilingToMilliseconds(clock.Now);
        return hold is null ? ClaimSettlement.Expired(row, now)
            : row.Pending != PendingCommand.None || row.HasExpired(now) ? ClaimSettlement.HandedBack(row, hold.Token, row.NextAt, now)
            : null;
    }

    /// <summary>The timer as a command would find it; null if there is none.</summary>
    public Task<TimerRecord?> FindAsync(TimerAddress address, CancellationToken cancellationToken) =>
        reads.FindRowAsync(address, cancellationToken);

    private void Tell(TimerRecord before, TimerRecord now)
    {
        var tags = now.Spec.Tags ?? [];
        live.NoteTimer(
            now.Tenant, now.Key, now.Spec.OwnId, [.. (before.Spec.Tags ?? []).Where(tag => !tags.Contains(tag, StringComparer.Ordinal))]);
    }

    /// <summary>Not cancelled when the client disconnects: else it would be unknown whether the Runner may have it back.</summary>
    private async Task<bool> TryReplaceAsync(TimerRecord row, TimerRecord changed, IArmedHold? hold)
    {
        try
        {
            return await store.TryReplaceAsync(row, changed, CancellationToken.None);
        }
        catch (StoreUnavailableException failure) when (hold is not null && failure.Outcome == WriteOutcome.Unknown)
        {
            // It may be stored as cancelled: the Runner forgets it, and can only get it back from the store.
            hold.Release();
            _ = GiveBackAsync(new TimerAddress(row.Tenant, row.Key), hold.Token);
            throw;
        }
    }

    /// <summary>
    /// Hands back a claim that nobody holds in memory, once the store responds; later writes under it no longer take effect.
    /// </summary>
    private async Task GiveBackAsync(TimerAddress address, ClaimToken token)
    {
        while (true)
        {
            try
            {
                var row = (await store.FindAsync(address.Tenant, [address.Key], CancellationToken.None)) is [var found] ? found : null;
                var back = row?.State == TimerState.Armed
                    ? ClaimSettlement.HandedBack(row, token, row.NextAt, Instants.CeilingToMilliseconds(clock.Now))
                    : null;
                if (back is null)
                {
                    return;
                }

                if (await store.TryReplaceAsync(row!, back, CancellationToken.None))
                {
                    Tell(row!, back);
                    wakeUps.Notify(back.Key, back.NextAt);
                    return;
                }
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(GiveBackAgain, time);
            }
#pragma warning disable CA1031 // Nobody waits for this task: a defect is told here or nowhere.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogNotGivenBack(error, address.Key);
                return;
            }
        }
    }

    [LoggerMessage(1003, LogLevel.Error,
        "Timer {Key} could not be handed back after a command whose reply was lost; it is claimed again after the next start")]
    private partial void LogNotGivenBack(Exception error, Guid key);
}
