using Quartz;
using Runner.Jobs;

namespace Runner.Schedules;

/// <summary>Polls for schedules with runs to be made.</summary>
[DisallowConcurrentExecution]
internal sealed class MakeRunsJob(SchedulePass pass, StoreOutage outage) : PassJob(outage)
{
    protected override Task RunAsync(CancellationToken cancellationToken) => pass.RunOnceAsync(cancellationToken);
}
