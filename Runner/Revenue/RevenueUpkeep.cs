using Contracts.Common;
using Contracts.Events;
using Contracts.Revenue;
using Infrastructure.Revenue;
using Microsoft.Extensions.Options;
using Runner.Events;

namespace Runner.Revenue;

/// <summary>The purge of revenue, which also ends erasures that were interrupted, and the comparison of balances with the ledger.</summary>
internal sealed class RevenueUpkeep(IRevenueStore store, IOptions<RevenueOptions> options) : IEventUpkeep
{
    private const int RowsPerStep = 500;
    private const int UsersPerStep = 100;

    public string Slice => RevenueMessages.Topic;

    public TimeSpan? Retention => options.Value.Retention;

    public bool Repairs => options.Value.Repair;

    public Task<PurgeStep> PurgeAsync(DateTimeOffset before, string? after, CancellationToken cancellationToken)
    {
        var claims = options.Value.ClaimRetention;
        var forgetBefore = before - DateTimeOffset.MinValue > claims ? before - claims : DateTimeOffset.MinValue;
        return store.PurgeAsync(TickTime.Of(before), TickTime.Of(forgetBefore), after, RowsPerStep, cancellationToken);
    }

    public Task<DriftReport> RebuildAsync(string? after, bool repair, CancellationToken cancellationToken) =>
        store.RebuildAsync(after, UsersPerStep, repair, cancellationToken);
}
