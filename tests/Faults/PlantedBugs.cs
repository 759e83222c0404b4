using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Faults;

/// <summary>A store that breaks one promise, on purpose; the program around it is the real one.</summary>
internal sealed class PlantedStore(Wrong? bug) : FaultyTimerStore(TimeProvider.System)
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(14);
    private readonly HashSet<Guid> again = [];

    public override Task AddAsync(IReadOnlyList<Received<TimerScheduled>> created, CancellationToken cancellationToken) => bug switch
    {
        Wrong.Lost => base.AddAsync([.. created.Where(each => !IsPlain(each.Message.Spec))], cancellationToken),
        Wrong.NeverAsked => base.AddAsync(
            [.. created, .. created.Where(each => IsPlain(each.Message.Spec)).Select(Another)], cancellationToken),
        Wrong.SeveralTimersForOneKey => base.AddAsync(
            [.. created, .. created.Where(each => each.Message.Fingerprint is not null).Select(Another)], cancellationToken),
        Wrong.AfterExpiry => base.AddAsync([.. created.Select(WithoutExpiry)], cancellationToken),
        _ => base.AddAsync(created, cancellationToken),
    };

    public override async Task<IReadOnlyList<TimerRecord>> FindAsync(
        string tenant, IReadOnlyList<Guid> keys, CancellationToken cancellationToken)
    {
        var found = await base.FindAsync(tenant, keys, cancellationToken);
        return bug == Wrong.SeveralFinalStates
            ? [.. found.Select(row => IsPlain(row.Spec) ? row with { State = TimerState.Cancelled } : row)]
            : found;
    }

    public override async Task<TimerCounts> CountAsync(string tenant, CancellationToken cancellationToken)
    {
        var counts = await base.CountAsync(tenant, cancellationToken);
        return bug == Wrong.StatsDiffer
            ? counts with
            { ByState = counts.ByState.ToDictionary(each => each.Key, each => each.Value + (each.Key == TimerState.Succeeded ? 1 : 0)) }
            : counts;
    }

    public override Task<bool> TryReplaceAsync(TimerRecord read, TimerRecord changed, CancellationToken cancellationToken)
    {
        var forgets = bug == Wrong.AfterCancel ? changed.State == TimerState.Cancelled : bug == Wrong.AtOldTime
            && changed.DueAt != read.DueAt;
        return forgets ? Task.FromResult(true) : base.TryReplaceAsync(read, changed, cancellationToken);
    }

    public override async Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        var claimed = await base.ClaimAsync(
            bug == Wrong.Late ? request with { Until = request.Until - Delay } : request, cancellationToken);
        return bug switch
        {
            Wrong.Early => [.. claimed.Select(each => IsPlain(each.Spec) ? each with { NextAt = each.NextAt.AddSeconds(-3) } : each)],
            Wrong.DuplicateUnderAnotherId => [.. claimed.Select(each => again.Contains(each.Key) ? each with { Occurrence = 2 } : each)],
            Wrong.OutOfOrder =>
                [.. claimed.Select(each => IsRetried(each.Spec) ? each with { Attempts = each.Attempts == 0 ? 1 : 0 } : each)],
            _ => claimed,
        };
    }

    public override async Task RecordAsync(IReadOnlyList<AttemptOutcome> outcomes, CancellationToken cancellationToken)
    {
        if (bug == Wrong.AttemptsOffSchedule)
        {
            outcomes = [
                .. outcomes.Select(each => each.State == TimerState.Scheduled ? each with { NextAt = each.Attempt.StartedAt } : each)];
        }
        else if (bug is Wrong.DuplicateWithoutFault or Wrong.DuplicateUnderAnotherId)
        {
            var forgotten = outcomes.Where(each => again.Add(each.Key)).ToList();
            outcomes = [.. outcomes.Except(forgotten)];
            var now = TimeProvider.System.GetUtcNow();
            await HandBackAsync([.. forgotten.Select(each => new HandBack(each.Key, each.Token, now))], now, cancellationToken);
        }

        await base.RecordAsync(outcomes, cancellationToken);
    }

    private static Received<TimerScheduled> WithoutExpiry(Received<TimerScheduled> created) =>
        created with { Message = created.Message with { Spec = created.Message.Spec with { MaxAge = null } } };

    private static Received<TimerScheduled> Another(Received<TimerScheduled> created) =>
        created with { Message = created.Message with { TimerId = Guid.NewGuid() } };

    private static bool IsPlain(TimerSpec spec) => spec.Url.AbsolutePath == PlantedBugTests.Plain;

    private static bool IsRetried(TimerSpec spec) => spec.Url.AbsolutePath == PlantedBugTests.Retried;
}

/// <summary>A log that refuses messages for one address; with the bug, it has stored them all the same.</summary>
internal sealed class PlantedLog(ITimerStore store, Wrong? bug) : IEventPublisher<TimerScheduled>
{
    public async Task<PublishReceipt> PublishAsync(
        IReadOnlyList<TimerScheduled> messages, MessageContext context, CancellationToken cancellationToken)
    {
        var refuses = messages.Any(each => each.Spec.Url.AbsolutePath == PlantedBugTests.Refused);
        if (!refuses || bug == Wrong.RefusedButDelivered)
        {
            await store.AddAsync(messages, cancellationToken);
        }

        return refuses ? throw new LogUnavailableException(WriteOutcome.Refused, "planted") : new PublishReceipt(MessageEffects.Stored);
    }
}

/// <summary>A store's clock that lags behind the true time: the instant that a delay counts from has passed.</summary>
internal sealed class PlantedClock : IStoreClock
{
    public DateTimeOffset Now => TimeProvider.System.GetUtcNow().AddSeconds(-1);
}
