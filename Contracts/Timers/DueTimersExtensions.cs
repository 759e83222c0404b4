namespace Contracts.Timers;

/// <summary>Shorter calls of <see cref="IDueTimers"/>.</summary>
public static class DueTimersExtensions
{
    /// <summary>Takes back every claim of Runners that are gone, for a caller who does not ask whose they were.</summary>
    public static Task<int> ReclaimAsync(this IDueTimers store, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.ReclaimAsync(now, tenants: null, cancellationToken);
    }
}
