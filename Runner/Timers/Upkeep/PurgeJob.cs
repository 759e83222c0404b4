using Quartz;
using Runner.Jobs;

namespace Runner.Timers.Upkeep;

/// <summary>Deletes finished timers that are older than the retention.</summary>
[DisallowConcurrentExecution]
internal sealed partial class PurgeJob(PurgePass pass, StoreOutage outage, ILogger<PurgeJob> logger) : PassJob(outage)
{
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        var purged = await pass.RunOnceAsync(cancellationToken);
        if (purged > 0)
        {
            LogPurged(logger, purged);
        }
    }

    [LoggerMessage(3201, LogLevel.Information, "Finished timers purged: {Count}")]
    private static partial void LogPurged(ILogger logger, int count);
}
