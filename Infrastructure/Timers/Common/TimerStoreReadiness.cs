using Contracts.Common;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Hosting;

namespace Infrastructure.Timers.Common;

/// <summary>Whether the timers' store responds.</summary>
internal class TimerStoreReadiness(ITimerStore store) : ReadinessCheck
{
    protected override async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.FindAsync(Tenant.Default, [Guid.Empty], cancellationToken);
            return null;
        }
        catch (StoreUnavailableException unavailable)
        {
            return unavailable.Message;
        }
    }
}
