using System.Text.Json;
using System.Text.Json.Serialization;
using Contracts.Caching;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>Timers in the read cache.</summary>
internal sealed class TimerCopies(IReadCache cache, TimeProvider time)
{
    /// <summary>How long a final copy may replace the row: a purged timer must not live on here.</summary>
    private static readonly TimeSpan FinalFor = TimeSpan.FromMinutes(1);

    /// <summary>For an outage of the store.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Until the Consumers have caught up; creates come in floods, and these must not fill the cache.</summary>
    private static readonly TimeSpan PendingLifetime = TimeSpan.FromMinutes(2);

    /// <summary>The least that a cache takes; of a value that says that there is none.</summary>
    private static readonly TimeSpan MinLifetime = TimeSpan.FromSeconds(1);

    public async Task<TimerCopy?> FindAsync(TimerAddress address, CancellationToken cancellationToken)
    {
        if (await cache.FindAsync(address.Tenant, KeyOf(address.Key), cancellationToken) is not { } bytes)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(bytes.Span, TimerCopyJson.Default.TimerCopy);
        }
        catch (JsonException)
        {
            // A copy of another release is ignored.
            return null;
        }
    }

    /// <summary>Whether a copy can be used without asking the store.</summary>
    public bool IsCurrent(TimerCopy copy) => copy.IsFinal && time.GetUtcNow() - copy.CopiedAt < FinalFor;

    /// <summary>Keeps a timer as it was read, or written.</summary>
    public void Put(TimerRecord row, AttemptRecord? lastAttempt) =>
        Put(new TimerCopy(row, lastAttempt, IsPending: false, time.GetUtcNow()));

    /// <summary>Keeps a timer that is on the log and will be stored.</summary>
    public void PutPending(TimerRecord row) => Put(new TimerCopy(row, LastAttempt: null, IsPending: true, time.GetUtcNow()));

    /// <summary>Forgets a timer that was erased.</summary>
    /// <remarks>
    /// A read that began before may put it back, and a cache that is down keeps it: for as long as a final copy replaces the row at most.
    /// </remarks>
    public void Remove(TimerAddress address) => cache.Put(address.Tenant, KeyOf(address.Key), "null"u8.ToArray(), MinLifetime);

    private void Put(TimerCopy copy) => cache.Put(
        copy.Row.Tenant,
        KeyOf(copy.Row.Key),
        JsonSerializer.SerializeToUtf8Bytes(copy, TimerCopyJson.Default.TimerCopy),
        copy.IsPending ? PendingLifetime : Lifetime);

    private static string KeyOf(Guid key) => $"timer:{key:N}";
}

/// <summary>A timer as it was.</summary>
/// <param name="Row">The timer as its row was.</param>
/// <param name="LastAttempt">The latest attempt; null if there was none.</param>
/// <param name="IsPending">True when it was on the log only.</param>
/// <param name="CopiedAt">When the copy was made.</param>
internal sealed record TimerCopy(TimerRecord Row, AttemptRecord? LastAttempt, bool IsPending, DateTimeOffset CopiedAt)
{
    /// <summary>
    /// Nothing can change: these two states are final, and no lost attempt can arrive. A failed timer can be replayed.
    /// </summary>
    [JsonIgnore]
    public bool IsFinal => !IsPending && Row is { State: TimerState.Succeeded or TimerState.Cancelled, MayStillArrive: false };
}

/// <summary>The copies' JSON. Every field is written: a missing one would be read as zero, not as its default.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true, MaxDepth = 128)]
[JsonSerializable(typeof(TimerCopy))]
internal sealed partial class TimerCopyJson : JsonSerializerContext;
