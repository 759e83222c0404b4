using System.Globalization;
using Contracts.Timers;
using Infrastructure.Access;

namespace Producer.Timers;

/// <summary>What a tenant's timers take: what the store has counted, and what was created here since.</summary>
internal sealed class TenantUse
{
    /// <summary>How long a destination counts after a timer was created for it.</summary>
    private static readonly TimeSpan DestinationLifetime = TimeSpan.FromDays(1);

    /// <summary>When to come again: counts are that old at most.</summary>
    private static readonly TimeSpan CountWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MeasureWait = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Queue<(DateTimeOffset At, int Timers)> createdSinceCount = new();
    private readonly Queue<(DateTimeOffset At, long Bytes)> createdSinceMeasure = new();
    private readonly Dictionary<string, DateTimeOffset> destinations = new(StringComparer.Ordinal);
    private DateTimeOffset latest = DateTimeOffset.MaxValue;
    private long timers;
    private long ownTimers;
    private long bytes;
    private long ownBytes;

    /// <summary>Whether it was counted for the first time.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Takes what some timers need, or says what does not allow it.</summary>
    public ExceededQuota? TryTake(QuotaOptions quotas, IReadOnlyList<TimerScheduled> created, DateTimeOffset now)
    {
        var size = quotas.TenantBytes > 0 ? created.Sum(each => each.Spec.Bytes) : 0;
        lock (gate)
        {
            latest = now;
            if (quotas.TenantTimers > 0 && timers + ownTimers + created.Count > quotas.TenantTimers)
            {
                return Exceeded("timers", quotas.TenantTimers, timers + ownTimers, CountWait, "timers that have not finished");
            }

            if (quotas.TenantBytes > 0 && bytes + ownBytes + size > quotas.TenantBytes)
            {
                return Exceeded("bytes", quotas.TenantBytes, bytes + ownBytes, MeasureWait, "bytes of timers");
            }

            var named = quotas.TenantDestinations > 0
                ? created.Select(each => SensitiveParts.ReceiverOf(each.Spec.Url)).Distinct(StringComparer.Ordinal).ToList() : [];
            if (named.Count > 0 && !HasRoomFor(named, quotas.TenantDestinations, now))
            {
                return Exceeded(
                    "destinations", quotas.TenantDestinations, destinations.Count, MeasureWait, "destinations within a day");
            }

            foreach (var destination in named)
            {
                destinations[destination] = now;
            }

            ownTimers += created.Count;
            createdSinceCount.Enqueue((now, created.Count));
            if (quotas.TenantBytes > 0)
            {
                ownBytes += size;
                createdSinceMeasure.Enqueue((now, size));
            }

            return null;
        }
    }

    /// <summary>The store has counted.</summary>
    public void Counted(TimerCounts counts)
    {
        lock (gate)
        {
            timers = counts.ByState.Where(state => !TimerLifecycle.IsFinished(state.Key)).Sum(state => state.Value);
            while (createdSinceCount.TryPeek(out var first) && first.At < counts.AsOf)
            {
                ownTimers -= createdSinceCount.Dequeue().Timers;
            }
        }
    }

    /// <summary>The store's rows were measured.</summary>
    /// <param name="found">Bytes of the tenant's.</param>
    /// <param name="since">What was created before is in it; null to take nothing for that.</param>
    public void Measured(long found, DateTimeOffset? since)
    {
        lock (gate)
        {
            bytes = found;
            while (since is { } from && createdSinceMeasure.TryPeek(out var first) && first.At < from)
            {
                ownBytes -= createdSinceMeasure.Dequeue().Bytes;
            }
        }
    }

    /// <summary>Whether it has created nothing since an instant, and nothing has to be remembered of it.</summary>
    public bool IsIdle(DateTimeOffset since)
    {
        lock (gate)
        {
            return latest < since && createdSinceMeasure.Count == 0 && destinations.Values.All(at => at < since - DestinationLifetime);
        }
    }

    private static ExceededQuota Exceeded(string name, long quota, long used, TimeSpan wait, string what) => new(
        name, quota, Math.Max(0, quota - used), wait,
        string.Create(CultureInfo.InvariantCulture, $"The tenant has {used} of at most {quota} {what}."));

    private bool HasRoomFor(List<string> named, int quota, DateTimeOffset now)
    {
        if (destinations.Count + named.Count > quota)
        {
            foreach (var (old, _) in destinations.Where(each => each.Value < now - DestinationLifetime).ToList())
            {
                destinations.Remove(old);
            }
        }

        return destinations.Count + named.Count(each => !destinations.ContainsKey(each)) <= quota;
    }
}

/// <summary>A quota that does not allow more.</summary>
/// <param name="Name">Its name in headers and metrics.</param>
/// <param name="Quota">How much it allows.</param>
/// <param name="Left">How much is left of it.</param>
/// <param name="Wait">When to come again.</param>
/// <param name="Reason">All that, for people.</param>
internal sealed record ExceededQuota(string Name, long Quota, long Left, TimeSpan Wait, string Reason);
