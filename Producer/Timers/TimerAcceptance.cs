using Contracts.Common;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Options;

namespace Producer.Timers;

/// <summary>Turns valid requests into durable timers: on the log and, for keyed ones, the row that won the key.</summary>
internal sealed class TimerAcceptance(
    IEventPublisher<TimerScheduled> publisher, ITimerKeys keys, ITimerStore store, RowWaiters waiters, TimerCopies copies,
    CreationInstants instants, IStoreClock clock, TimeProvider time, IOptions<TimersOptions> options)
{
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
        return new TimerScheduled(key, request.DueFrom(latest), instants.Take(now), request.ToSpec(ownId), fingerprint);
    }

    /// <summary>
    /// The timer that an earlier request of the same key and content made, if there is one: whoever repeats it gets the first answer, even
    /// when its instant has gone by since.
    /// </summary>
    public async Task<AcceptedTimer?> FindRepeatedAsync(
        string tenant, TimerRequest request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        if (request.Id is null && idempotencyKey is null)
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
    /// <param name="wait">How long to wait for rows of timers without a key, too; null not to.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <exception cref="LogUnavailableException">The messages are not durable, or it is unknown whether they are.</exception>
    public async Task<IReadOnlyList<AcceptedTimer>> AcceptAsync(
        string tenant, IReadOnlyList<TimerScheduled> timers, TimeSpan? wait, CancellationToken cancellationToken)
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
                var told = Tell(tenant, timer, rows?.GetValueOrDefault(timer.TimerId), receipt);
                accepted[i] = Reject(told, i, receipt) with { Tracking = TimerTracker.IdOf(timer, tenant, receipt.PositionOf(i)) };
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
        null when receipt.Effects == MessageEffects.Stored => new AcceptedTimer(Acceptance.Stored, TimerRecord.From(timer, tenant)),
        null => Pending(TimerRecord.From(timer, tenant)),
        { Fingerprint: var print } when timer.Fingerprint is not null && print != timer.Fingerprint =>
            new AcceptedTimer(Acceptance.KeyUsed, row),
        { CreatedAt: var created } when created != timer.CreatedAt => new AcceptedTimer(Acceptance.Repeated, row),
        _ => new AcceptedTimer(Acceptance.Stored, row),
    };

    private static AcceptedTimer Reject(AcceptedTimer accepted, int index, PublishReceipt receipt) =>
        receipt.Rejected.Count > 0 && receipt.Rejected.FirstOrDefault(each => each.Index == index) is { } rejected
            ? accepted with { Acceptance = Acceptance.Rejected, Rejected = rejected }
            : accepted;

    private static bool IsKeyed(TimerScheduled timer) => timer.Fingerprint is not null;

    private AcceptedTimer Pending(TimerRecord row)
    {
        copies.PutPending(row);
        return new AcceptedTimer(Acceptance.Durable, row);
    }
}
