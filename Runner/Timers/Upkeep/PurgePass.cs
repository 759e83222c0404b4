using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Options;

namespace Runner.Timers.Upkeep;

/// <summary>Deletes timers that finished longer ago than the retention, in small steps that block nobody.</summary>
internal sealed class PurgePass(IDueTimers store, IStoreClock clock, IOptions<UpkeepOptions> options)
{
    private const int Step = 500;

    /// <returns>How many were deleted.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var before = clock.Now - options.Value.Retention;
        var purged = 0;
        int step;
        do
        {
            step = await store.PurgeAsync(before, Step, cancellationToken);
            purged += step;
        }
        while (step == Step && !cancellationToken.IsCancellationRequested);

        return purged;
    }
}
