using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Contracts.Storage;
using Infrastructure.Items;
using Microsoft.Extensions.Options;
using Runner.Events;

namespace Runner.Items;

/// <summary>
/// The end of erasures that were interrupted, the trim of counts by millisecond and second, the purge of transfers, and the comparison of
/// all counts with users, items and transfers.
/// </summary>
internal sealed class ItemUpkeep(IItemStore store, IStoreClock clock, IOptions<ItemOptions> options) : IEventUpkeep
{
    /// <summary>They are told of the last hour: what is late by another one is counted by them, too.</summary>
    private static readonly TimeSpan Fine = TimeSpan.FromHours(2);

    private const int RowsPerStep = 2_000;
    private const int TransfersPerStep = 500;
    private const int DaysPerStep = 10;

    public string Slice => ItemMessages.Topic;

    public TimeSpan? Retention => options.Value.Retention;

    public bool Repairs => options.Value.Repair;

    public async Task<PurgeStep> PurgeAsync(DateTimeOffset before, string? after, CancellationToken cancellationToken)
    {
        if (after is null)
        {
            await TrimAsync(cancellationToken);
        }

        // Without a retention only ids of what was purged before go.
        var now = clock.Now;
        var expiry = new ItemExpiry(
            Retention is null ? long.MinValue : TickTime.Of(before), TickTime.Of(now), TickTime.Of(now - options.Value.ClaimRetention));
        return await store.PurgeAsync(expiry, after, TransfersPerStep, cancellationToken);
    }

    public Task<DriftReport> RebuildAsync(string? after, bool repair, CancellationToken cancellationToken) =>
        store.RebuildAsync(after, DaysPerStep, repair, cancellationToken);

    /// <summary>Before the first step of a purge.</summary>
    private async Task TrimAsync(CancellationToken cancellationToken)
    {
        while (await store.ContinueErasuresAsync(RowsPerStep, cancellationToken) >= RowsPerStep)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        while (await store.TrimAsync(TickTime.Of(clock.Now - Fine), RowsPerStep, cancellationToken) >= RowsPerStep)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
