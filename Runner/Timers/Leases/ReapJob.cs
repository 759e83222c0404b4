using Contracts.Live;
using Contracts.Storage;
using Contracts.Timers;
using Quartz;
using Runner.Jobs;

namespace Runner.Timers.Leases;

/// <summary>Takes back the claims of Runners that are gone.</summary>
[DisallowConcurrentExecution]
internal sealed partial class ReapJob(
    IDueTimers store, IStoreClock clock, Peers peers, ILiveNotices live, StoreOutage outage, ILogger<ReapJob> logger) : PassJob(outage)
{
    /// <summary>
    /// How long the store must respond first: after an outage every lease has expired, and live Runners need time to record what they sent.
    /// </summary>
    private static readonly TimeSpan ContactBefore = TimeSpan.FromSeconds(6);

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        if (peers.Contact < ContactBefore)
        {
            return;
        }

        var tenants = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            if (await store.ReclaimAsync(clock.Now, tenants, cancellationToken) is > 0 and var count)
            {
                LogReaped(count);
            }
        }
        finally
        {
            live.NoteTimersOf(tenants);
        }
    }

    [LoggerMessage(3404, LogLevel.Warning, "Timers taken back from dead Runners: {Count}. Their lost attempts may still arrive")]
    private partial void LogReaped(int count);
}
