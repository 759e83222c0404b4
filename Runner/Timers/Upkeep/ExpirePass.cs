using Contracts.Live;
using Contracts.Storage;
using Contracts.Timers;
using Runner.Timers.Delivery;

namespace Runner.Timers.Upkeep;

/// <summary>Ends paused timers that have expired: nothing else would come across them. All others fall due at their expiry.</summary>
internal sealed class ExpirePass(IDueTimers store, IStoreClock clock, ILiveNotices live, RunnerMetrics metrics)
{
    private const int Step = 500;

    /// <returns>How many ended.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        IReadOnlyList<TimerRecord> ended;
        do
        {
            ended = await store.ExpireAsync(clock.Now, Step, cancellationToken);
            count += ended.Count;
            foreach (var tenant in ended.CountBy(timer => timer.Tenant))
            {
                metrics.Expired(tenant.Key, tenant.Value);
            }

            foreach (var timer in ended)
            {
                live.NoteTimer(timer.Tenant, timer.Key, timer.Spec.OwnId);
            }
        }
        while (ended.Count == Step && !cancellationToken.IsCancellationRequested);

        return count;
    }
}
