using Contracts.Storage;
using Contracts.Timers;
using Runner.Jobs;
using Runner.Timers.Armed;

namespace Runner.Timers.Due;

/// <summary>Immediately claims timers that fall due before the next poll and, at the start, all that are due.</summary>
/// <remarks>Quartz begins to poll when the whole program has started; what is overdue should not wait for that.</remarks>
internal sealed partial class WakeUpLoop(
    WakeUps wakeUps, IShards shards, [FromKeyedServices(Lane.OnTime)] ClaimPass onTime, [FromKeyedServices(Lane.Overdue)] ClaimPass overdue,
    StoreOutage outage, ILogger<WakeUpLoop> logger) : BackgroundService
{
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        shards.OnWakeUp(wakeUps.Notify);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(RunAsync(overdue, stoppingToken), RunAsync(onTime, stoppingToken));
        while (true)
        {
            await wakeUps.WaitAsync(stoppingToken);
            await RunAsync(onTime, stoppingToken);
        }
    }

    private async Task RunAsync(ClaimPass pass, CancellationToken stoppingToken)
    {
        try
        {
            await pass.RunOnceAsync(stoppingToken);
        }
        catch (StoreUnavailableException error)
        {
            // The job that polls at every interval tries again.
            outage.Failed(error);
        }
#pragma warning disable CA1031 // A defect in one pass must not end the loop, and with it the process.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogDefect(error);
        }
    }

    [LoggerMessage(3005, LogLevel.Error, "A wake-up failed because of a defect; the next poll of the store tries again")]
    private partial void LogDefect(Exception error);
}
