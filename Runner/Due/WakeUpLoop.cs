using Contracts.Storage;

namespace Runner.Due;

/// <summary>Claims at once what falls due sooner than the next look at the store.</summary>
internal sealed partial class WakeUpLoop(
    WakeUps wakeUps, [FromKeyedServices(Lane.OnTime)] ClaimPass pass, ILogger<WakeUpLoop> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await wakeUps.WaitAsync(stoppingToken);
            try
            {
                await pass.RunOnceAsync(stoppingToken);
            }
            catch (StoreUnavailableException error)
            {
                // The job that looks on every interval tries again.
                LogStoreUnavailable(error.Message);
            }
        }
    }

    [LoggerMessage(3004, LogLevel.Warning, "Timers cannot be claimed on a wake-up: {Reason}")]
    private partial void LogStoreUnavailable(string reason);
}
