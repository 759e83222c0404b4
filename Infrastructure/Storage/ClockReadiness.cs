using Infrastructure.Hosting;

namespace Infrastructure.Storage;

/// <summary>
/// Whether this machine's clock agrees with the store's. Timers use the store's clock in any case; logs and certificates do not.
/// </summary>
internal sealed class ClockReadiness(SampledClock clock) : ReadinessCheck
{
    private static readonly TimeSpan MaxOffset = TimeSpan.FromMilliseconds(500);

    protected override Task<string?> FindFaultAsync(CancellationToken cancellationToken) => Task.FromResult(clock.Offset switch
    {
        null => "The database has not reported its time yet.",
        { } offset when offset.Duration() > MaxOffset => $"This machine's clock is {offset.TotalSeconds:0.000} s ahead of the database's.",
        _ => null,
    });
}
