using Contracts.Storage;
using Quartz;
using Runner.Jobs;

namespace Runner.Timers.Delivery;

/// <summary>Gives back what waits too long for a slow receiver, so that it holds neither memory nor others up.</summary>
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
