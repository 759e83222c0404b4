using Infrastructure.Hosting;

namespace Infrastructure.Storage;

/// <summary>Whether this machine's clock agrees with the store's. Timers go by the store's in any case; logs and certificates do not.</summary>
internal sealed class ClockReadiness(SampledClock clock) : IReadinessCheck
{
    private static readonly TimeSpan MostOffset = TimeSpan.FromMilliseconds(500);

    public string Name => "clock";

    public bool IsVital => true;

    public Task<string?> FindFaultAsync(CancellationToken cancellationToken) => Task.FromResult(clock.Offset switch
    {
        null => "The database has not told its time yet.",
        { } offset when offset.Duration() > MostOffset => $"This machine's clock is {offset.TotalSeconds:0.000} s ahead of the database's.",
        _ => null,
    });
}
