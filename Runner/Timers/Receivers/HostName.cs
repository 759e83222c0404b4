namespace Runner.Timers.Receivers;

/// <summary>One name: its last answer, and the question under way. Thread-safe.</summary>
internal sealed class HostName(string host, TimeProvider time)
{
    /// <summary>getaddrinfo does not tell the records' time to live; half a minute is common for services that move.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    /// <summary>Addresses that are used until their name is resolved anew: nobody waits for that.</summary>
    private static readonly TimeSpan Revalidated = TimeSpan.FromMinutes(5);

    /// <summary>Addresses that may still be used while their name cannot be resolved anew, as RFC 8767 proposes.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromHours(1);

    /// <summary>How long a failure is remembered.</summary>
    private static readonly TimeSpan Negative = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private HostLookup.Found? found;
    private HostLookup.Failed? failed;
    private long foundAt;
    private long failedAt;
    private bool hasBegun;
    private bool wasPassedOver;
    private TaskCompletionSource<HostLookup>? asking;

    public string Host => host;

    public bool HasFailed => failed is not null;

    public bool IsBeingAsked => asking is not null;

    /// <summary>Whether it waits for a thread that asks.</summary>
    public bool IsPassedOver
    {
        get
        {
            lock (gate)
            {
                return asking is not null && !hasBegun;
            }
        }
    }

    public long At => Math.Max(foundAt, failedAt);

    /// <param name="now">A timestamp.</param>
    /// <param name="isOld">Whether to ask again, while what is known is used.</param>
    public HostLookup? Known(long now, out bool isOld)
    {
        lock (gate)
        {
            var hasJustFailed = failed is not null && time.GetElapsedTime(failedAt, now) < Negative;
            isOld = false;
            if (found is not null)
            {
                var age = time.GetElapsedTime(foundAt, now);
                if (age < Revalidated || ((failed is not null || wasPassedOver) && age < Stale))
                {
                    isOld = age >= Fresh && !hasJustFailed;
                    return found;
                }
            }

            return hasJustFailed ? failed : null;
        }
    }

    public Task<HostLookup> Ask(out bool isNew)
    {
        lock (gate)
        {
            isNew = asking is null;
            if (isNew)
            {
                asking = new TaskCompletionSource<HostLookup>(TaskCreationOptions.RunContinuationsAsynchronously);
                hasBegun = false;
            }

            return asking!.Task;
        }
    }

    public void Begin()
    {
        lock (gate)
        {
            hasBegun = true;
        }
    }

    public void End(HostLookup result, long now)
    {
        TaskCompletionSource<HostLookup>? waiters;
        lock (gate)
        {
            waiters = asking;
            asking = null;
            wasPassedOver = false;
            if (result is HostLookup.Found addresses)
            {
                (found, foundAt, failed) = (addresses, now, null);
            }
            else
            {
                (failed, failedAt) = ((HostLookup.Failed)result, now);
                result = Fallback(now);
            }
        }

        waiters?.TrySetResult(result);
    }

    /// <summary>The deadline has passed. A late answer is remembered all the same.</summary>
    public HostLookup GiveUp(long now)
    {
        lock (gate)
        {
            if (asking is null)
            {
                return Known(now, out _) ?? HostLookup.NotAsked.Instance;
            }

            if (hasBegun)
            {
                failed = new HostLookup.Failed("the host name cannot be resolved: no answer in time");
                failedAt = now;
                return Fallback(now);
            }

            // Until somebody comes to ask, what was found before is used.
            wasPassedOver = true;
            return IsUsable(now) ? found! : HostLookup.NotAsked.Instance;
        }
    }

    private HostLookup Fallback(long now) => IsUsable(now) ? found! : failed!;

    private bool IsUsable(long now) => found is not null && time.GetElapsedTime(foundAt, now) < Stale;
}
