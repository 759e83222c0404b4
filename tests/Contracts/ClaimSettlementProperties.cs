using Contracts.Timers;
using FsCheck;
using FsCheck.Fluent;
using Tests.Support;

namespace Tests.Contracts;

/// <summary>What holds for every row and every way out of a claim (design: rules 3, 5, 6 and 9).</summary>
public sealed class ClaimSettlementProperties
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(3_000);

    [Test]
    public void Outcomes_settle_by_the_rules() => Prop.ForAll(Cases.ToArbitrary(), one =>
    {
        var (row, outcome, succeeded) = one;
        if (ClaimSettlement.WithOutcome(row, outcome, succeeded) is not { } settled)
        {
            // Only what is stale, or known already, may be left out.
            return row.Claim != outcome.Token || outcome.State == row.State;
        }

        return KeepsThePromise(row, settled)
            && AppliesTheCommand(row, settled)
            && settled.Version == row.Version + 1
            && settled.Attempts == Math.Max(row.Attempts, outcome.Attempt.Number)
            && (row.Claim == outcome.Token || settled.State == TimerState.Succeeded)
            && (settled.State != TimerState.Failed || !succeeded)
            && Expires(row, settled, AttemptEnd)
            && (outcome.State is TimerState.Scheduled || settled.State != TimerState.Expired)
            && (settled.MayStillArrive || !row.MayStillArrive || TimerLifecycle.IsFinished(settled.State));
    }).Check(Often);

    [Test]
    public void Outcomes_recorded_again_change_nothing() => Prop.ForAll(Cases.ToArbitrary(), one =>
    {
        var (row, outcome, succeeded) = one;
        var settled = ClaimSettlement.WithOutcome(row, outcome, succeeded);
        return settled is null || ClaimSettlement.WithOutcome(settled, outcome, succeeded) is null;
    }).Check(Often);

    [Test]
    public void Hand_backs_settle_by_the_rules() => Prop.ForAll(Cases.ToArbitrary(), one =>
    {
        var (row, outcome, _) = one;
        var inForce = row.Claim == outcome.Token;
        if (ClaimSettlement.HandedBack(row, outcome.Token, outcome.NextAt, Clocks.Noon) is not { } back)
        {
            return !inForce;
        }

        return inForce
            && KeepsThePromise(row, back)
            && AppliesTheCommand(row, back)
            && Expires(row, back, Clocks.Noon)
            && back.Attempts == row.Attempts
            && back.MayStillArrive == row.MayStillArrive
            && (TimerLifecycle.IsFinished(back.State) || back.NextAt == row.ExpiresAt
                || (back.NextAt >= row.NextAt && back.NextAt >= outcome.NextAt));
    }).Check(Often);

    [Test]
    public void Claims_of_the_dead_are_taken_back_by_the_rules() => Prop.ForAll(Cases.ToArbitrary(), one =>
    {
        var row = one.Row;
        if (ClaimSettlement.Reclaimed(row, Clocks.Noon.AddMinutes(5)) is not { } back)
        {
            return !TimerLifecycle.IsClaimed(row.State);
        }

        var certainlyUnsent = row.State == TimerState.Armed && row.Spec.OnAmbiguous == AmbiguousPolicy.Park;
        return TimerLifecycle.IsClaimed(row.State)
            && KeepsThePromise(row, back)
            && AppliesTheCommand(row, back)
            && Expires(row, back, Clocks.Noon.AddMinutes(5))
            && back.Attempts == row.Attempts
            && back.MayStillArrive == (row.MayStillArrive || !certainlyUnsent)
            && (row.State != TimerState.Sending || back.State is TimerState.Ambiguous or TimerState.Cancelled);
    }).Check(Often);

    [Test]
    public void What_nobody_holds_ends_from_its_expiry_on_and_nothing_else_does() => Prop.ForAll(Cases.ToArbitrary(), one =>
    {
        var row = one.Row;
        var due = row.State is TimerState.Scheduled or TimerState.Paused && row.ExpiresAt <= Clocks.Noon;
        return ClaimSettlement.Expired(row, Clocks.Noon) is not { } ended ? !due
            : due && KeepsThePromise(row, ended) && ended.State == TimerState.Expired && ended.Version == row.Version + 1
                && ended.NextAt == Clocks.Noon;
    }).Check(Often);

    /// <summary>
    /// A timer that waits again waits until its expiry at most, and one that has reached it does not wait: it would be sent after it.
    /// </summary>
    private static bool Expires(TimerRecord before, TimerRecord after, DateTimeOffset now) =>
        after.ExpiresAt == before.ExpiresAt
        && (after.State is not (TimerState.Scheduled or TimerState.Paused)
            || before.ExpiresAt is not { } end || (end > now && after.NextAt <= end))
        && (after.State != TimerState.Expired || before.ExpiresAt <= now);

    /// <summary>Allowed by the lifecycle, out of the claim, and everything that only a client's command may change is as it was.</summary>
    private static bool KeepsThePromise(TimerRecord before, TimerRecord after) =>
        TimerLifecycle.Allows(before.State, after.State)
        && !TimerLifecycle.IsClaimed(after.State)
        && after.Claim == (after.State == TimerState.Ambiguous ? before.Claim : null)
        && (after.Key, after.DueAt, after.CreatedAt, after.Occurrence, after.AttemptsBeforeReplay, after.Fingerprint)
            == (before.Key, before.DueAt, before.CreatedAt, before.Occurrence, before.AttemptsBeforeReplay, before.Fingerprint)
        && ReferenceEquals(after.Spec, before.Spec);

    /// <summary>A recorded command holds from here on; only an ambiguous timer carries a pause further.</summary>
    private static bool AppliesTheCommand(TimerRecord before, TimerRecord after) => before.Pending switch
    {
        PendingCommand.Cancel => TimerLifecycle.IsFinished(after.State) && after.Pending == PendingCommand.None,
        PendingCommand.Pause when after.State == TimerState.Ambiguous => after.Pending == PendingCommand.Pause,
        PendingCommand.Pause => after.State != TimerState.Scheduled && after.Pending == PendingCommand.None,
        _ => after.Pending == PendingCommand.None,
    };

    private static Gen<(TimerRecord Row, AttemptOutcome Outcome, bool Succeeded)> Cases =>
        from row in Rows
        from token in Gen.Choose(1, 2)
        from number in Gen.Choose(1, 4)
        from state in Gen.Elements(TimerState.Succeeded, TimerState.Failed, TimerState.Scheduled, TimerState.Ambiguous)
        from minutes in Gen.Choose(-2, 2)
        from succeeded in Gen.Elements(true, false)

            // An ambiguous outcome comes of the park policy, which sends only what is marked.
        where state != TimerState.Ambiguous || (row.State != TimerState.Armed && row.Spec.OnAmbiguous == AmbiguousPolicy.Park)
        select (row, new AttemptOutcome(row.Key, new ClaimToken(token), Attempt(number), state, Clocks.Noon.AddMinutes(minutes)),
            succeeded);

    /// <summary>Rows as they can be: claims, marks and recorded commands only where the lifecycle puts them.</summary>
    private static Gen<TimerRecord> Rows =>
        from state in Gen.Elements(Enum.GetValues<TimerState>())
        from parks in Gen.Elements(true, false)
        from pending in Gen.Elements(Enum.GetValues<PendingCommand>())
        from mayStillArrive in Gen.Elements(true, false)
        from attempts in Gen.Choose(0, 4)
        from expiry in Gen.Choose(-3, 3)
        let claimed = TimerLifecycle.IsClaimed(state)
        let park = parks || state is TimerState.Sending or TimerState.Ambiguous
        select TimerRecord.From((park ? ATimer.New().Parked() : ATimer.New()).Build()) with
        {
            State = state,
            Claim = claimed || state == TimerState.Ambiguous ? new ClaimToken(1) : null,
            Pending = claimed || (state == TimerState.Ambiguous && pending == PendingCommand.Pause) ? pending : PendingCommand.None,
            MayStillArrive = mayStillArrive || state == TimerState.Ambiguous,
            ExpiresAt = expiry == -3 ? null : Clocks.Noon.AddMinutes(expiry),
            Attempts = attempts,
            AttemptsBeforeReplay = attempts / 2,
            Version = 3,
        };

    private static DateTimeOffset AttemptEnd => Clocks.Noon.AddSeconds(1);

    private static AttemptRecord Attempt(int number) => new()
    {
        Occurrence = 1,
        Number = number,
        StartedAt = Clocks.Noon,
        Latency = TimeSpan.FromSeconds(1),
        Lateness = TimeSpan.Zero,
    };
}
