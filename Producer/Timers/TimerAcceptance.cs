using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Options;

namespace Producer.Timers;

/// <summary>Makes valid requests into durable timers: on the log, and for keyed ones into the row that won the key.</summary>
internal sealed class TimerAcceptance(
    IEventPublisher<TimerScheduled> publisher, ITimerStore store, IStoreClock clock, TimeProvider time, IOptions<TimersOptions> options)
{
    /// <summary>Pause between two looks for rows that a Consumer has yet to write.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    /// <summary>The message for one request.</summary>
    /// <param name="request">A valid one.</param>
    /// <param name="idempotencyKey">A valid one, or null.</param>
    public TimerScheduled Prepare(TimerRequest request, string? idempotencyKey)
    {
        var now = clock.Now;
        var key = request.Id is { } id ? TimerKey.FromId(id)
            : idempotencyKey is not null ? TimerKey.FromIdempotencyKey(idempotencyKey)
            : Guid.CreateVersion7(now);
        long? fingerprint = request.Id is null && idempotencyKey is null
            ? null
            : TimerKey.Fingerprint(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(request, ProducerJson.Default.TimerRequest));
        return new TimerScheduled(key, request.DueFrom(now), now, request.ToSpec(), fingerprint);
    }

    /// <summary>Makes them durable, and tells for each what came of it.</summary>
    /// <param name="timers">At least one.</param>
    /// <param name="wait">How long to wait for rows of timers without a key, too; null not to.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <exception cref="LogUnavailableException">Not durable, or not known to be.</exception>
    public async Task<IReadOnlyList<AcceptedTimer>> AcceptAsync(
        IReadOnlyList<TimerScheduled> timers, TimeSpan? wait, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Value.Deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var receipt = await publisher.PublishAsync(timers, stop.Token);
            var rows = await FindWinnersAsync(timers, receipt, stop.Token);
            if (wait is { } patience && receipt.Effects != MessageEffects.Stored)
            {
                await WaitForRowsAsync(timers, rows, patience, stop.Token);
            }

            return [.. timers.Select(timer => Tell(timer, rows.GetValueOrDefault(timer.TimerId), receipt))];
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new LogUnavailableException(WriteOutcome.Unknown, "It took too long to make the timer durable.");
        }
    }

    /// <summary>Who got the key can only be told from the row; so the answer waits for it.</summary>
    private async Task<Dictionary<Guid, TimerRecord>> FindWinnersAsync(
        IReadOnlyList<TimerScheduled> timers, PublishReceipt receipt, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<Guid, TimerRecord>();
        var keyed = timers.Where(timer => timer.Fingerprint is not null).ToList();
        if (keyed.Count > 0)
        {
            await WaitForRowsAsync(keyed, rows, receipt.Effects == MessageEffects.Stored ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, cancellationToken);
        }

        return rows;
    }

    private async Task WaitForRowsAsync(
        IReadOnlyList<TimerScheduled> timers, Dictionary<Guid, TimerRecord> rows, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var missing = timers.Select(timer => timer.TimerId).Where(key => !rows.ContainsKey(key)).Distinct().ToList();
            foreach (var row in await store.FindAsync(missing, cancellationToken))
            {
                rows[row.Key] = row;
            }

            if (timers.All(timer => rows.ContainsKey(timer.TimerId))
                || (patience != Timeout.InfiniteTimeSpan && time.GetElapsedTime(started) >= patience))
            {
                return;
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private static AcceptedTimer Tell(TimerScheduled timer, TimerRecord? row, PublishReceipt receipt) => row switch
    {
        null => new AcceptedTimer(receipt.Effects == MessageEffects.Stored ? Acceptance.Stored : Acceptance.Durable, TimerRecord.From(timer)),
        { Fingerprint: var print } when timer.Fingerprint is not null && print != timer.Fingerprint =>
            new AcceptedTimer(Acceptance.KeyUsed, row),
        { CreatedAt: var created } when created != timer.CreatedAt => new AcceptedTimer(Acceptance.Repeated, row),
        _ => new AcceptedTimer(Acceptance.Stored, row),
    };
}
