using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Producer.Live;

namespace Producer.Timers;

/// <summary>
/// Reads one timer: final ones from the cache, others from the store, and again from the cache if the store does not have it yet or
/// is down.
/// </summary>
internal sealed class TimerReads(ITimerStore store, TimerCopies copies, ILogProgress<TimerScheduled> progress)
{
    /// <summary>How long "not found" may take to become certain.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    private readonly SingleFlight<TimerAddress, TimerCopy?> reads = new();

    /// <summary>The timer with its latest attempt; null when there is certainly none.</summary>
    /// <exception cref="StoreUnavailableException">Neither the store nor the cache can tell.</exception>
    /// <exception cref="LogUnavailableException">It may be on the log.</exception>
    public async Task<TimerReading?> FindAsync(TimerAddress address, CancellationToken cancellationToken)
    {
        var copy = await copies.FindAsync(address, cancellationToken);
        if (copy is not null && copies.IsCurrent(copy))
        {
            return new TimerReading(copy);
        }

        try
        {
            var read = await reads.RunAsync(address, LoadAsync).WaitAsync(cancellationToken);
            if (read is null && copy is { IsPending: true })
            {
                return new TimerReading(copy);
            }

            read ??= await IsAppliedAsync(address.Key, cancellationToken) ? await LoadAsync(address) : null;
            return read is null ? null : new TimerReading(read);
        }
        catch (StoreUnavailableException) when (copy is not null)
        {
            return new TimerReading(copy) { IsStale = true };
        }
    }

    /// <summary>The timer's row; null when there is certainly none.</summary>
    /// <exception cref="LogUnavailableException">It may be on the log.</exception>
    public async Task<TimerRecord?> FindRowAsync(TimerAddress address, CancellationToken cancellationToken) =>
        await FindStoredAsync(address, cancellationToken)
        ?? (await IsAppliedAsync(address.Key, cancellationToken) ? await FindStoredAsync(address, cancellationToken) : null);

    private async Task<TimerCopy?> LoadAsync(TimerAddress address)
    {
        if (await FindStoredAsync(address, CancellationToken.None) is not { } row)
        {
            return null;
        }

        var last = row.Attempts == 0 ? null : await store.FindLastAttemptAsync(address.Tenant, address.Key, CancellationToken.None);
        copies.Put(row, last);
        return new TimerCopy(row, last, IsPending: false, default);
    }

    private async Task<TimerRecord?> FindStoredAsync(TimerAddress address, CancellationToken cancellationToken) =>
        await store.FindAsync(address.Tenant, [address.Key], cancellationToken) is [var row] ? row : null;

    private async Task<bool> IsAppliedAsync(Guid key, CancellationToken cancellationToken) =>
        await progress.WaitUntilAppliedAsync(TimerMessages.KeyOf(key), MaxWait, cancellationToken)
            ? true
            : throw new LogUnavailableException(
                WriteOutcome.Refused, "Timers that were accepted are still being stored; whether there is this one cannot be told yet.");
}

/// <summary>What a read found.</summary>
/// <param name="Copy">The timer as the store or a copy has it.</param>
internal sealed record TimerReading(TimerCopy Copy)
{
    /// <summary>A stale copy: the store is down, and the cache answered.</summary>
    public bool IsStale { get; init; }

    public TimerRecord Row => Copy.Row;

    /// <summary>Says so in the response (RFC 9211, RFC 9111 §5.1).</summary>
    public void Mark(HttpResponse response, DateTimeOffset now)
    {
        if (IsStale)
        {
            response.Headers["Cache-Status"] = "timers; hit; detail=stale";
            response.Headers.Age = ((long)Math.Max(0, (now - Copy.CopiedAt).TotalSeconds)).ToString(
                System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
