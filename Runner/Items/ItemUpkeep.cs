using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Contracts.Storage;
using Infrastructure.Items;
using Microsoft.Extensions.Options;
using Runner.Events;

namespace Runner.Items;

/// <summary>
/// The end of erasures that were interrupted, the trim of counts by millisecond and second, and the comparison of all counts with users,
/// items and transfers.
/// </summary>
internal sealed class ItemUpkeep(IItemStore store, IStoreClock clock, IOptions<ItemOptions> options) : IEventUpkeep
{
    /// <summary>They are told of the last hour: what is late by another one is counted by them, too.</summary>
    private static readonly TimeSpan Fine = TimeSpan.FromHours(2);

    private const int RowsPerStep = 2_000;
    private const int DaysPerStep = 10;

    public string Slice => ItemMessages.Topic;

    public TimeSpan? Retention => options.Value.Retention;

    public bool Repairs => options.Value.Repair;

    public async Task<PurgeStep> PurgeAsync(DateTimeOffset before, string? after, CancellationToken cancellationToken)
    {
        while (await store.ContinueErasuresAsync(RowsPerStep, cancellationToken) >= RowsPerStep)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        while (await store.TrimAsync(TickTime.Of(clock.Now - Fine), RowsPerStep, cancellationToken) >= RowsPerStep)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        // What is trimmed is no event.
        return new PurgeStep(Deleted: 0, Next: null);
    }

    public Task<DriftReport> RebuildAsync(string? after, bool repair, CancellationToken cancellationToken) =>
        store.RebuildAsync(after, DaysPerStep, repair, cancellationToken);
}
