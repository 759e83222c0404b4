using Contracts.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Storage.Mongo;

/// <summary>Creates the indexes once the database can be reached. The service does not wait: without them it is slow, not wrong.</summary>
internal sealed partial class MongoIndexer(
    MongoConnection connection, IEnumerable<MongoIndexes> indexes, TimeProvider time, ILogger<MongoIndexer> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Interval, time);
        var told = false;
        var left = indexes.ToList();
        do
        {
            try
            {
                while (left is [var next, ..])
                {
                    await CreateAsync(next, stoppingToken);
                    left.RemoveAt(0);
                }

                return;
            }
            catch (StoreUnavailableException error)
            {
                // Building an index over many rows takes longer than any time-out; it continues in the database, and is requested again.
                if (!told)
                {
                    LogWaiting(error);
                }

                told = true;
            }
        }
        while (await ticks.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CreateAsync(MongoIndexes wanted, CancellationToken stoppingToken)
    {
        try
        {
            await connection.RunAsync(
                MongoLane.Clients,
                async rows =>
                {
                    await wanted.Create(rows);
                    return true;
                },
                stoppingToken);
        }
        catch (InvalidOperationException error)
        {
            // Another release created an index of the same name differently: this needs an operator, but nothing stops because of it, least
            // of all the indexes of others.
            LogRefused(error);
        }
    }

    [LoggerMessage(4111, LogLevel.Warning, "The database's indexes could not be created yet; trying again every second")]
    private partial void LogWaiting(Exception error);

    [LoggerMessage(4112, LogLevel.Error, "The database refuses an index")]
    private partial void LogRefused(Exception error);
}
