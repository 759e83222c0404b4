using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Timers.Sqlite;

namespace Infrastructure.Storage.Sqlite;

/// <summary>Whether the file can be read and, as far as anybody has tried of late, written.</summary>
internal sealed class SqliteReadiness(ITimerStore store, SqliteTimerStore file) : IReadinessCheck
{
    /// <summary>Longer than the Runner waits between two tries: while it waits for room the answer does not change.</summary>
    private static readonly TimeSpan OfLate = TimeSpan.FromSeconds(10);

    private readonly StoreReadiness reads = new(store);

    public string Name => reads.Name;

    public bool IsVital => reads.IsVital;

    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken) =>
        await reads.FindFaultAsync(cancellationToken) ?? file.WriteFailureWithin(OfLate);
}
