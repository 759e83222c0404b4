namespace Contracts.Timers;

/// <summary>How much room tenants' timers take, read from the rows: for quotas, which may be somewhat behind.</summary>
public interface ITimerUsage
{
    /// <summary>Adds up some of the rows, in the store's own order.</summary>
    /// <param name="after">Where the step before ended; null to begin.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="Storage.StoreUnavailableException">No answer in time.</exception>
    Task<TimerUsageStep> MeasureAsync(TimerCursor? after, CancellationToken cancellationToken);
}

/// <summary>A part of all timers.</summary>
/// <param name="Bytes">Bytes of what clients have given of them (URLs, headers, bodies, metadata), by tenant.</param>
/// <param name="Next">Where to go on; null at the end.</param>
public sealed record TimerUsageStep(IReadOnlyDictionary<string, long> Bytes, TimerCursor? Next);
