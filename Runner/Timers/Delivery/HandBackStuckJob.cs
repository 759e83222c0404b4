using Contracts.Storage;
using Quartz;
using Runner.Jobs;

namespace Runner.Timers.Delivery;

/// <summary>Hands back timers that wait too long for a slow receiver, so that they neither fill the memory nor delay others.</summary>
[DisallowConcurrentExecution]
internal sealed class HandBackStuckJob(
    Destinations destinations, OutcomeRecorder recorder, IStoreClock clock, StoreOutage outage) : PassJob(outage)
{
    protected override Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var (timer, nextAt) in destinations.CollectStuck(clock.Now))
        {
            recorder.HandBack(timer, nextAt);
        }

        return Task.CompletedTask;
    }
}
