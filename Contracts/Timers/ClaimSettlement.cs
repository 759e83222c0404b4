using Contracts.Common;

namespace Contracts.Timers;

/// <summary>The rules by which a claimed timer leaves its claim: with an outcome, handed back, or after its Runner died.</summary>
/// <remarks>Pure functions over the row, so that every store applies the same rules (design: rules 3, 5 and 9).</remarks>
public static class ClaimSettlement
{
    /// <summary>The row after an attempt's outcome, or null when the outcome came too late to count.</summary>
    /// <remarks>
    /// A stale success still finishes a timer that nobody has claimed since. An earlier claim's failure says nothing:
    /// its attempt was already given up and requeued. An attempt that was under way when the timer expired counts as any other; only
    /// another one does not follow it.
    /// </remarks>
    public static TimerRecord? WithOutcome(TimerRecord row, AttemptOutcome outcome, bool anyAttemptSucceeded)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(outcome);
        var holds = row.Claim == outcome.Token
            && (TimerLifecycle.IsClaimed(row.State) || row.State == TimerState.Ambiguous);
        var succeeded = outcome.State == TimerState.Succeeded || (outcome.State == TimerState.Failed && anyAttemptSucceeded);
        if (!holds)
        {
            // Only a success of the same occurrence is news, and only when no other claim is under way.
            var free = row.State is TimerState.Scheduled or TimerState.Paused or TimerState.Failed or TimerState.Expired
                && row.Occurrence == outcome.Attempt.Occurrence;
            return succeeded && free
                ? Finish(row, TimerState.Succeeded, outcome) with { Attempts = Math.Max(row.Attempts, outcome.Attempt.Number) }
                : null;
        }

        var counted = row with { Attempts = Math.Max(row.Attempts, outcome.Attempt.Number) };
        return outcome.State switch
        {
            _ when succeeded => Finish(counted, TimerState.Succeeded, outcome),
            TimerState.Failed => Finish(counted, TimerState.Failed, outcome),
            TimerState.Ambiguous when row.Pending == PendingCommand.Cancel =>
                Finish(counted, TimerState.Cancelled, outcome) with { MayStillArrive = true },

            // Written before: a repetition is no news.
            TimerState.Ambiguous when row.State == TimerState.Ambiguous && row.Attempts >= outcome.Attempt.Number => null,

            // Keeps its token, so that a late outcome can still resolve it, and a recorded pause.
            TimerState.Ambiguous => counted with
            {
                State = TimerState.Ambiguous,
                NextAt = outcome.NextAt,
                MayStillArrive = true,
                Version = row.Version + 1,
            },
            _ => Release(counted, outcome.NextAt, EndOf(outcome.Attempt)) with { Version = row.Version + 1 },
        };
    }

    /// <summary>The row after its Runner gave it back unsent; null when the claim is no longer in force.</summary>
    /// <remarks>
    /// Also of one that was parked meanwhile because the Runner was considered dead: nobody has to look into what was surely not sent.
    /// </remarks>
    public static TimerRecord? HandedBack(TimerRecord row, ClaimToken token, DateTimeOffset nextAt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Claim != token)
        {
            return null;
        }

        var back = Release(row, nextAt > row.NextAt ? nextAt : row.NextAt, now);
        return row.State switch
        {
            TimerState.Ambiguous => back with { Version = row.Version + 1 },
            _ => TimerLifecycle.IsClaimed(row.State) ? back : null,
        };
    }

    /// <summary>The row after the Runner that held it died; null when it is not claimed.</summary>
    public static TimerRecord? Reclaimed(TimerRecord row, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!TimerLifecycle.IsClaimed(row.State))
        {
            return null;
        }

        if (row.State == TimerState.Sending)
        {
            return row.Pending == PendingCommand.Cancel
                ? Release(row, now, now) with { MayStillArrive = true, Version = row.Version + 1 }
                : row with { State = TimerState.Ambiguous, NextAt = now, MayStillArrive = true, Version = row.Version + 1 };
        }

        // An armed timer under the park policy was certainly not sent: it is marked as sending before it is.
        var unsent = row.Spec.OnAmbiguous == AmbiguousPolicy.Park;
        return Release(row, row.NextAt, now) with { MayStillArrive = row.MayStillArrive || !unsent, Version = row.Version + 1 };
    }

    private static TimerRecord Finish(TimerRecord row, TimerState state, AttemptOutcome outcome) => row with
    {
        State = state,
        NextAt = outcome.NextAt,
        Claim = null,
        Pending = PendingCommand.None,
        MayStillArrive = false,
        Version = row.Version + 1,
    };

    /// <summary>When an attempt ended, in whole milliseconds: what follows it is decided by this instant.</summary>
    public static DateTimeOffset EndOf(AttemptRecord attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return Instants.CeilingToMilliseconds(attempt.StartedAt + attempt.Latency);
    }

    /// <summary>The row of a timer that nobody holds once it has expired; null as long as it has not, and of any other state.</summary>
    /// <remarks>An ambiguous one stays: it may have been delivered, and a person decides.</remarks>
    public static TimerRecord? Expired(TimerRecord row, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.State is TimerState.Scheduled or TimerState.Paused && row.HasExpired(now) ? Expire(row, now) : null;
    }

    /// <summary>Back to scheduled, or to where a recorded command wants it, unless it has expired.</summary>
    private static TimerRecord Release(TimerRecord row, DateTimeOffset nextAt, DateTimeOffset now)
    {
        if (row.Pending != PendingCommand.Cancel && row.HasExpired(now))
        {
            return Expire(row, now);
        }

        return row with
        {
            State = row.Pending switch
            {
                PendingCommand.Cancel => TimerState.Cancelled,
                PendingCommand.Pause => TimerState.Paused,
                _ => TimerState.Scheduled,
            },

            // At its expiry somebody has to look at it, if only to end it.
            NextAt = row.Pending == PendingCommand.Cancel ? now : row.ExpiresAt < nextAt ? row.ExpiresAt.Value : nextAt,
            Claim = null,
            Pending = PendingCommand.None,
            Version = row.Pending == PendingCommand.None ? row.Version : row.Version + 1,
        };
    }

    /// <summary>It has finished now, not at its expiry: what ends late, after an outage, is kept as long as all others.</summary>
    private static TimerRecord Expire(TimerRecord row, DateTimeOffset now) => row with
    {
        State = TimerState.Expired,
        NextAt = now,
        Claim = null,
        Pending = PendingCommand.None,
        Version = row.Version + 1,
    };
}
