using Quartz;
using Runner.Jobs;

namespace Runner.Schedules;

/// <summary>Polls for calendars that have changed. A job of its own: schedules that name one may be many, and others go on.</summary>
[DisallowConcurrentExecution]
internal sealed class TellSchedulesJob(CalendarPass pass, StoreOutage outage) : PassJob(outage)
{
    protected override Task RunAsync(CancellationToken cancellationToken) => pass.RunOnceAsync(cancellationToken);
}
