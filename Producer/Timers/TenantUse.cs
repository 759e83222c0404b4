using System.Globalization;
using Contracts.Timers;
using Infrastructure.Access;

namespace Producer.Timers;

/// <summary>What a tenant's timers take: what the store has counted, and what was created here since.</summary>
internal sealed class TenantUse
{
    /// <summary>How long a destination counts after a timer was created for it.</summary>
    public static readonly TimeSpan DestinationLifetime = TimeSpan.FromDays(1);

    /// <summary>When to come again: counts are that old at most.</summary>
    private static readonly TimeSpan CountWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MeasureWait = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan PruneInterval = TimeSpan.FromSeconds(10);

    /// <summary>A count that began or ended while the tenant created timers is left out, but not for longer than this.</summary>
    private static readonly TimeSpan MaxCountAge = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Uncounted ownTimers = new();
    private readonly Uncounted ownBytes = new();
    private readonly Dictionary<string, DateTimeOffset> destinations = new(StringComparer.Ordinal);
    private DateTimeOffset latest = DateTimeOffset.MaxValue;
    private DateTimeOffset countedAt = DateTimeOffset.MinValue;
    private DateTimeOffset prunedAt = DateTimeOffset.MinValue;
    private Task? firstCount;
    private long timers;
    private long bytes;
    private int timersUnderWay;
    private long bytesUnderWay;
    private long changes;

    /// <summary>What the timers of a store's rows take, roughly: what clients have given of them.</summary>
    public static long BytesOf(TimerSpec spec) =>
        spec.Url.OriginalString.Length + (spec.Sealed?.Length ?? 0) + (spec.Body?.Utf8.Length ?? 0) + (spec.Metadata?.Utf8.Length ?? 0)
            + (spec.Headers?.Sum(header => header.Key.Length + header.Value.Length) ?? 0) + (spec.Tags?.Sum(tag => tag.Length) ?? 0);

    /// <summary>Whether <see cref="Learn"/> was told of all.</summary>
    public bool KnowsDestinations { get; set; }

    /// <summary>Notes the destinations of timers that are there.</summary>
    public void Learn(IEnumerable<TimerRecord> rows)
    {
        lock (gate)
        {
            foreach (var row in rows)
            {
                var destination = SensitiveParts.ReceiverOf(row.Spec.Url);
                if (!destinations.TryGetValue(destination, out var at) || at < row.CreatedAt)
                {
                    destinations[destination] = row.CreatedAt;
                }
            }
        }
    }

    /// <summary>Counts it for the first time; all who come meanwhile wait for the same count.</summary>
    public Task CountFirstAsync(Func<Task> count)
    {
        lock (gate)
        {
            return firstCount ??= count();
        }
    }

    /// <summary>Takes what some timers need, or says what does not allow it. What was taken has to be settled.</summary>
    public ExceededQuota? TryTake(QuotaOptions quotas, IReadOnlyList<TimerScheduled> created, DateTimeOffset now)
    {
        var size = created.Sum(each => BytesOf(each.Spec));
        var named = quotas.TenantDestinations > 0
            ? created.Select(each => SensitiveParts.ReceiverOf(each.Spec.Url)).Distinct(StringComparer.Ordinal).ToList() : [];
        lock (gate)
        {
            latest = now;
            var (usedTimers, usedBytes) = (timers + ownTimers.Sum + timersUnderWay, bytes + ownBytes.Sum + bytesUnderWay);
            if (quotas.TenantTimers > 0 && usedTimers + created.Count > quotas.TenantTimers)
            {
                return Exceeded("timers", quotas.TenantTimers, usedTimers, CountWait, "timers that have not finished");
            }

            if (quotas.TenantBytes > 0 && usedBytes + size > quotas.TenantBytes)
            {
                return Exceeded("bytes", quotas.TenantBytes, usedBytes, MeasureWait, "bytes of timers");
            }

            if (named.Count > 0 && !HasRoomFor(named, quotas.TenantDestinations, now))
            {
                return Exceeded(
                    "destinations", quotas.TenantDestinations, destinations.Count, MeasureWait, "destinations within a day");
            }

            foreach (var destination in named)
            {
                destinations[destination] = now;
            }

            timersUnderWay += created.Count;
            bytesUnderWay += size;
            changes++;
            return null;
        }
    }

    /// <summary>What was taken has come to something, or not.</summary>
    /// <param name="taken">All that <see cref="TryTake"/> was told.</param>
    /// <param name="created">How many of them are new.</param>
    /// <param name="createdBytes">What those take.</param>
    /// <param name="now">When.</param>
    public void Settle(IReadOnlyList<TimerScheduled> taken, int created, long createdBytes, DateTimeOffset now)
    {
        lock (gate)
        {
            timersUnderWay -= taken.Count;
            bytesUnderWay -= taken.Sum(each => BytesOf(each.Spec));
            ownTimers.Add(created, now);
            ownBytes.Add(createdBytes, now);
            changes++;
        }
    }

    /// <summary>To be called before the store counts.</summary>
    /// <returns>What to give to <see cref="Counted"/>.</returns>
    public long BeginCount()
    {
        lock (gate)
        {
            return changes;
        }
    }

    /// <summary>
    /// The store has counted. Of a timer that was being created meanwhile nobody knows whether the count has it: such a count waits for a
    /// quieter moment, unless the last one is old.
    /// </summary>
    /// <param name="counts">What it has counted.</param>
    /// <param name="begun">From <see cref="BeginCount"/>.</param>
    /// <param name="began">When that was.</param>
    public void Counted(TimerCounts counts, long begun, DateTimeOffset began)
    {
        lock (gate)
        {
            if ((timersUnderWay > 0 || changes != begun) && began - countedAt < MaxCountAge)
            {
                return;
            }

            countedAt = began;
            timers = counts.ByState.Where(state => !TimerLifecycle.IsFinished(state.Key)).Sum(state => state.Value);
            ownTimers.Counted(counts.AsOf < began ? counts.AsOf : began);
        }
    }

    /// <summary>The store's rows were measured.</summary>
    /// <param name="found">Bytes of the tenant's.</param>
    /// <param name="since">What was created until then is in it; null to take nothing for that.</param>
    public void Measured(long found, DateTimeOffset? since)
    {
        lock (gate)
        {
            bytes = found;
            if (since is { } until)
            {
                ownBytes.Counted(until);
            }
        }
    }

    /// <summary>
    /// Forgets what no quota asks for, and tells whether it has created nothing since an instant and nothing is left of it.
    /// </summary>
    /// <param name="quotas">The quotas.</param>
    /// <param name="since">The instant.</param>
    /// <param name="now">The present.</param>
    public bool IsIdle(QuotaOptions quotas, DateTimeOffset since, DateTimeOffset now)
    {
        lock (gate)
        {
            if (quotas.TenantTimers == 0)
            {
                ownTimers.Counted(now);
            }

            if (quotas.TenantBytes == 0)
            {
                ownBytes.Counted(now);
            }

            return latest < since && timersUnderWay == 0 && ownBytes.Sum == 0
                && destinations.Values.All(at => at < since - DestinationLifetime);
        }
    }

    private static ExceededQuota Exceeded(string name, long quota, long used, TimeSpan wait, string what) => new(
        name, quota, Math.Max(0, quota - used), wait,
        string.Create(CultureInfo.InvariantCulture, $"The tenant has {used} of at most {quota} {what}."));

    private bool HasRoomFor(List<string> named, int quota, DateTimeOffset now)
    {
        // Not at each request of a tenant at its limit: there may be a million.
        if (destinations.Count + named.Count > quota && now - prunedAt >= PruneInterval)
        {
            prunedAt = now;
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
