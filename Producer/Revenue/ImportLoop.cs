using Contracts.Messaging;
using Contracts.Storage;
using Microsoft.Extensions.Options;

namespace Producer.Revenue;

/// <summary>Looks for files to import.</summary>
internal sealed partial class ImportLoop(
    ImportPass pass, IOptions<ProducerRevenueOptions> options, TimeProvider time, ILogger<ImportLoop> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Import is null)
        {
            return;
        }

        using var ticks = new PeriodicTimer(options.Value.ImportInterval, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await pass.RunOnceAsync(stoppingToken);
                }
                catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException or IOException
                    or UnauthorizedAccessException)
                {
                    // The next tick reads the file again; what was accepted of it counts once.
                    LogFailed(error, options.Value.Import);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is not an error.
        }
    }

    [LoggerMessage(1022, LogLevel.Warning, "A file of {Folder} cannot be imported; trying again")]
    private partial void LogFailed(Exception error, string folder);
}
