using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>What a request has taken of its tenant's quotas. To be disposed when it has created its timers, or could not.</summary>
/// <param name="use">The tenant's use; null if nothing limits it.</param>
/// <param name="timers">What the request creates.</param>
/// <param name="exceeded">The quota that does not allow it; null if all do.</param>
/// <param name="time">Tells when they were created.</param>
internal sealed class QuotaRoom(TenantUse? use, IReadOnlyList<TimerScheduled> timers, ExceededQuota? exceeded, TimeProvider time)
    : IDisposable
{
    private IReadOnlyList<AcceptedTimer>? results;
    private bool isRefused;

    /// <summary>Of a request that nothing limits.</summary>
    public static QuotaRoom Unlimited { get; } = new(use: null, [], exceeded: null, TimeProvider.System);

    /// <summary>The quota that does not allow the request; null if all do.</summary>
    public ExceededQuota? Exceeded => exceeded;

    /// <summary>
    /// Creates the timers and remembers what became of them: those that were there already, or were refused, take nothing.
    /// </summary>
    /// <exception cref="LogUnavailableException">They are not durable, or it is unknown whether they are.</exception>
    public async Task<IReadOnlyList<AcceptedTimer>> CreateAsync(Func<Task<IReadOnlyList<AcceptedTimer>>> createAsync)
    {
        try
        {
            var accepted = await createAsync();
            results = use is null ? null : accepted;
            return accepted;
        }
        catch (LogUnavailableException unavailable) when (unavailable.Outcome == WriteOutcome.Refused)
        {
            isRefused = use is not null;
            throw;
        }
    }

    /// <summary>Nothing is created: what was taken is free again, at the end.</summary>
    public void GiveBack() => isRefused = use is not null;

    /// <summary>
    /// Of timers that were refused as a whole, nothing counts. Without results otherwise it is unknown what was created, and all of it
    /// counts until the store has been counted.
    /// </summary>
    public void Dispose()
    {
        if (use is null || exceeded is not null)
        {
            return;
        }

        var (created, bytes) = (0, 0L);
        for (var i = 0; !isRefused && i < timers.Count; i++)
        {
            var acceptance = results?[i].Acceptance ?? Acceptance.Stored;
            created += acceptance is Acceptance.Stored or Acceptance.Durable ? 1 : 0;
            bytes += acceptance is Acceptance.Stored or Acceptance.Durable or Acceptance.Replaced ? TenantUse.BytesOf(timers[i].Spec) : 0;
        }

        use.Settle(timers, created, bytes, time.GetUtcNow());
    }
}
