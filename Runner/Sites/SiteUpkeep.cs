using Contracts.Common;
using Contracts.Events;
using Contracts.Sites;
using Contracts.Storage;
using Infrastructure.Sites;
using Microsoft.Extensions.Options;
using Runner.Events;

namespace Runner.Sites;

/// <summary>The purge and the comparison of sites; salts of days that are over are forgotten.</summary>
internal sealed class SiteUpkeep(ISiteStore store, IVisitorSalts salts, IStoreClock clock, IOptions<SiteOptions> options) : IEventUpkeep
{
    private const int RowsPerStep = 500;
    private const int DaysPerStep = 100;

    public string Slice => SiteMessages.Topic;

    public TimeSpan? Retention => options.Value.Retention;

    public bool Repairs => options.Value.Repair;

    public async Task<PurgeStep> PurgeAsync(DateTimeOffset before, string? after, CancellationToken cancellationToken)
    {
        if (after is null)
        {
            await salts.ForgetAsync(DateOnly.FromDateTime(clock.Now.UtcDateTime), cancellationToken);
        }

        var claims = options.Value.ClaimRetention;
        var forgetBefore = before - DateTimeOffset.MinValue > claims ? before - claims : DateTimeOffset.MinValue;
        return await store.PurgeAsync(TickTime.Of(before), TickTime.Of(forgetBefore), after, RowsPerStep, cancellationToken);
    }

    public Task<DriftReport> RebuildAsync(string? after, bool repair, CancellationToken cancellationToken) =>
        store.RebuildAsync(after, DaysPerStep, repair, cancellationToken);
}
