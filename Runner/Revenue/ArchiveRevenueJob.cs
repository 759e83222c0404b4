using Quartz;
using Runner.Jobs;

namespace Runner.Revenue;

/// <summary>Archives the minutes that are over.</summary>
[DisallowConcurrentExecution]
internal sealed class ArchiveRevenueJob(ArchivePass pass, StoreOutage outage) : PassJob(outage)
{
    /// <summary>Pause between two looks whether a minute is over.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override Task RunAsync(CancellationToken cancellationToken) => pass.RunOnceAsync(cancellationToken);
}
