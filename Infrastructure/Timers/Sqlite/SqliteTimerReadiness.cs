using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Timers.Common;

namespace Infrastructure.Timers.Sqlite;

/// <summary>Whether the timers can be read and, as far as anybody has tried of late, written.</summary>
internal sealed class SqliteTimerReadiness(ITimerStore store, SqliteTimerStore file) : IReadinessCheck
{
    private readonly TimerStoreReadiness reads = new(store);

    public string Name => reads.Name;

    public bool IsVital => reads.IsVital;

    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken) =>
        await reads.FindFaultAsync(cancellationToken) ?? file.File.RecentWriteFailure;
}
