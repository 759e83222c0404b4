using Quartz;
using Runner.Jobs;

namespace Runner.Devices;

/// <summary>Polls for devices that have fallen silent.</summary>
[DisallowConcurrentExecution]
internal sealed partial class WatchDevicesJob(WatchPass pass, StoreOutage outage, ILogger<WatchDevicesJob> logger) : PassJob(outage)
{
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        var silent = await pass.RunOnceAsync(cancellationToken);
        if (silent > 0)
        {
            LogSilent(logger, silent);
        }
    }

    [LoggerMessage(3212, LogLevel.Information, "Devices that have fallen silent: {Count}")]
    private static partial void LogSilent(ILogger logger, int count);
}
