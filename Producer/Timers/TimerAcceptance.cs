using Contracts.Common;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Messaging;
using Infrastructure.Timers;
using Microsoft.Extensions.Options;

namespace Producer.Timers;

/// <summary>Turns valid requests into durable timers: on the log and, for keyed ones, the row that won the key.</summary>
internal sealed class TimerAcceptance(
    IEventPublisher<TimerScheduled> publisher, ITimerKeys keys, ITimerStore store, RowWaiters waiters, TimerCopies copies,
    TimerControl control, TimerSecrets secrets, CreationInstants instants, IStoreClock clock, TimeProvider time,
    IOptions<TimersOptions> options)
{
    /// <summary>Timers of one request that are replaced at the same time.</summary>
    private const int MaxReplacements = 16;

    /// <summary>The message for one request.</summary>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="request">A valid one.</param>
    /// <param name="idempotencyKey">A valid one, or null.</param>
    public TimerScheduled Prepare(string tenant, TimerRequest request, string? idempotencyKey)
    {
        // Read together, so that the two differ by no more than the clock's bounds.
        var (now, latest) = (clock.Now, clock.Latest);
        var (key, ownId) = KeyOf(tenant, request.Id, idempotencyKey, now);
        long? fingerprint = request.Id is null && idempotencyKey is null ? null : RequestFingerprint.Of(request);
        var spec = secrets.Seal(tenant, key, request.ToSpec(ownId));
        return new TimerScheduled(key, request.DueFrom(latest), instants.Take(now), spec, fingerprint);
    }

    /// <summary>
    /// The timer that an earlier request of the same key and content made, if there is one: whoever repeats it gets the first answer, even
    /// when its instant has gone by since.
    /// </summary>
    public async Task<AcceptedTimer?> FindRepeatedAsync(
        string tenant, TimerRequest request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        if ((request.Id is null && idempotencyKey is null) || request.ToConflictPolicy() != ConflictPolicy.Return)
        {
            return null;
        }

        var timer = Prepare(tenant, request, idempotencyKey);
        return await store.FindAsync(tenant, [timer.TimerId], cancellationToken) is [var row] && row.Fingerprint == timer.Fingerprint
            ? new AcceptedTimer(Acceptance.Repeated, row)
            {
                Tracking = TimerTracker.IdOf(timer with { CreatedAt = row.CreatedAt }, tenant, LogPosition.None),
            }
            : null;
    }

    /// <summary>The store's key, and the id that clients see if it is different.</summary>
    private (Guid Key, string? OwnId) KeyOf(string tenant, string? id, string? idempotencyKey, DateTimeOffset now)
    {
        if (id is null && idempotencyKey is null)
        {
            var drawn = keys.Draw(tenant, now);
            return (drawn.Key, drawn.Id == drawn.Key ? null : drawn.Id.ToString("D"));
        }

        var shown = id ?? TimerKey.IdFromIdempotencyKey(tenant, idempotencyKey!).ToString("D");
        var key = TimerKey.FromId(tenant, shown);
        return (key, TimerKey.TryParseUuid(shown, out var uuid) && uuid == key ? null : shown);
    }

    /// <summary>Makes them durable, and returns the result for each.</summary>
    /// <param name="tenant">The tenant that they belong to.</param>
    /// <param name="timers">At least one.</param>
    /// <param name="policies">What to do about taken ids, for each timer; null to return the timers that have them.</param>
    /// <param name="wait">How long to wait for rows of timers without a key, too; null not to.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <exception cref="LogUnavailableException">The messages are not durable, or it is unknown whether they are.</exception>
    public async Task<IReadOnlyList<AcceptedTimer>> AcceptAsync(
        string tenant, IReadOnlyList<TimerScheduled> timers, IReadOnlyList<ConflictPolicy>? policies, TimeSpan? wait,
        CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(options.Value.Deadline);
        try
        {
            var receipt = await publisher.PublishAsync(timers, new MessageContext(tenant), stop.Token);
            var rows = receipt.Effects != MessageEffects.Stored
                ? await WaitForRowsAsync(tenant, timers, receipt, wait, stop.Token, cancellationToken)
                : timers.Any(IsKeyed) ? await FindWinnersAsync(tenant, timers.Where(IsKeyed), stop.Token) : null;
            var accepted = new AcceptedTimer[timers.Count];
            for (var i = 0; i < accepted.Length; i++)
            {
                var timer = timers[i];
                var told = RejectionOf(i, receipt) is { } rejected
                    ? new AcceptedTimer(Acceptance.Rejected, TimerRecord.From(timer, tenant)) { Rejected = rejected }
                    : Tell(tenant, timer, rows?.GetValueOrDefault(timer.TimerId), receipt);
                accepted[i] = told with { Tracking = TimerTracker.IdOf(timer, tenant, receipt.PositionOf(i)) };
            }

            if (policies is not null)
            {
                await SettleAsync(timers, accepted, policies, stop.Token);
            }

            return accepted;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new LogUnavailableException(WriteOutcome.Unknown, "It took too long to make the timer durable.");
        }
    }

    /// <summary>Only the row shows who got the key.</summary>
    private async Task<Dictionary<Guid, TimerRecord>> FindWinnersAsync(
        string tenant, IEnumerable<TimerScheduled> keyed, CancellationToken cancellationToken)
    {
        try
        {
            var rows = await store.FindAsync(tenant, [.. keyed.Select(timer => timer.TimerId).Distinct()], cancellationToken);
            return rows.ToDictionary(row => row.Key);
        }
        catch (StoreUnavailableException unavailable)
        {
            // Only the read was refused; the timers are stored.
            throw new LogUnavailableException(WriteOutcome.Unknown, unavailable.Message, unavailable);
        }
    }

    /// <summary>Waits for the rows that the response needs, and for the others as long as the client wants.</summary>
    private async Task<Dictionary<Guid, TimerRecord>> WaitForRowsAsync(
        string tenant, IReadOnlyList<TimerScheduled> timers, PublishReceipt receipt, TimeSpan? wait,
        CancellationToken deadline, CancellationToken clientLeft)
    {
        var rows = new Dictionary<Guid, TimerRecord>();
        var needed = timers.Where(timer => IsKeyed(timer) || receipt.Effects == MessageEffects.Untracked).ToList();
        if (needed.Count > 0)
        {
            await WaitForRowsAsync(tenant, needed, rows, deadline);
        }

        if (wait is { } span)
        {
            using var end = new CancellationTokenSource(span, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, deadline);
            try
            {
                await WaitForRowsAsync(tenant, timers, rows, either.Token);
            }
            catch (OperationCanceledException) when (!clientLeft.IsCancellationRequested)
            {
                // Rows that have not appeared by now are reported as being on the log, even if the client would wait past the deadline.
            }
        }

        return rows;
    }

    private async Task WaitForRowsAsync(
        string tenant, IReadOnlyList<TimerScheduled> timers, Dictionary<Guid, TimerRecord> rows, CancellationToken cancellationToken)
    {
        var missing = timers.Select(timer => timer.TimerId).Where(key => !rows.ContainsKey(key)).Distinct().ToList();
        var waits = missing.ConvertAll(key => waiters.WaitAsync(new TimerAddress(tenant, key), cancellationToken));
        try
        {
            await Task.WhenAll(waits);
        }
        finally
        {
            foreach (var wait in waits.Where(wait => wait.IsCompletedSuccessfully))
            {
                var row = await wait;
                rows[row.Key] = row;
            }
        }
    }

    private AcceptedTimer Tell(string tenant, TimerScheduled timer, TimerRecord? row, PublishReceipt receipt) => row switch
    {
        null when receipt.Effects == MessageEffects.Stored && IsKeyed(timer) => throw new LogUnavailableException(
            WriteOutcome.Unknown, "The timer that has this id, or had it, was erased at the same time. Repeat the request."),
        null when receipt.Effects == MessageEffects.Stored => new AcceptedTimer(Acceptance.Stored, TimerRecord.From(timer, tenant)),
        null => Pending(TimerRecord.From(timer, tenant)),
        { Fingerprint: var print } when timer.Fingerprint is not null && print != timer.Fingerprint =>
            new AcceptedTimer(Acceptance.KeyUsed, row),
        { CreatedAt: var created } when created != timer.CreatedAt => new AcceptedTimer(Acceptance.Repeated, row),
        _ => new AcceptedTimer(Acceptance.Stored, row),
    };

    private static RejectedMessage? RejectionOf(int index, PublishReceipt receipt) =>
        receipt.Rejected.Count > 0 ? receipt.Rejected.FirstOrDefault(each => each.Index == index) : null;

    /// <summary>Refuses or replaces where ids are taken, of one id in the order given.</summary>
    private Task SettleAsync(
        IReadOnlyList<TimerScheduled> timers, AcceptedTimer[] accepted, IReadOnlyList<ConflictPolicy> policies,
        CancellationToken cancellationToken)
    {
        var taken = Enumerable.Range(0, accepted.Length)
            .Where(i => policies[i] != ConflictPolicy.Return && accepted[i].Acceptance is Acceptance.Repeated or Acceptance.KeyUsed)
            .GroupBy(i => timers[i].TimerId);
        return Parallel.ForEachAsync(
            taken,
            new ParallelOptions { MaxDegreeOfParallelism = MaxReplacements, CancellationToken = cancellationToken },
            async (indexes, stop) =>
            {
                foreach (var i in indexes)
                {
                    accepted[i] = policies[i] switch
                    {
                        ConflictPolicy.Reject => accepted[i] with { Acceptance = Acceptance.KeyUsed, Refusal = TimerProblems.Taken },
                        ConflictPolicy.Replace => await ReplaceAsync(timers[i], accepted[i], stop),
                        _ => accepted[i],
                    };
                }
            });
    }

    /// <summary>The row stays the first create's: it is what tracking ids name, and what a create that the log gives again meets.</summary>
    private async Task<AcceptedTimer> ReplaceAsync(TimerScheduled timer, AcceptedTimer taken, CancellationToken cancellationToken)
    {
        var address = new TimerAddress(taken.Row.Tenant, taken.Row.Key);
        var trace = TraceContext.Current;
        var result = await control.RunAsync(address, versions: null, row => Replacement.Decide(row, timer, trace), cancellationToken);
        return result.Outcome switch
        {
            ControlOutcome.Done => new AcceptedTimer(Acceptance.Replaced, result.Row!)
            {
                Tracking = TimerTracker.IdOf(timer with { CreatedAt = result.Row!.CreatedAt }, address.Tenant, LogPosition.None),
            },
            ControlOutcome.Refused => new AcceptedTimer(Acceptance.KeyUsed, result.Row!) { Refusal = result.Refusal },
            _ => throw new LogUnavailableException(
                WriteOutcome.Unknown, "The timer that had this id was erased at the same time. Repeat the request."),
        };
    }

    private static bool IsKeyed(TimerScheduled timer) => timer.Fingerprint is not null;

    private AcceptedTimer Pending(TimerRecord row)
    {
        copies.PutPending(row);
        return new AcceptedTimer(Acceptance.Durable, row);
    }
}
