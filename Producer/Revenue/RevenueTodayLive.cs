using System.Text.Json;
using Contracts.Common;
using Contracts.Revenue;
using Contracts.Storage;
using Infrastructure.Revenue;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Live;

namespace Producer.Revenue;

/// <summary>The revenue of all users as live streams show it: the sums of today.</summary>
internal sealed class RevenueTodayLive(IRevenueStore store, IStoreClock clock, IOptions<RevenueOptions> options) : ILiveSource
{
    public string Feed => RevenueMessages.AllFeed;

    /// <summary>Days end.</summary>
    public TimeSpan? Refresh { get; } = TimeSpan.FromSeconds(15);

    public async Task<IReadOnlyList<LiveValue>> ReadAsync(
        string tenant, IReadOnlyList<string> keys, Func<string, bool> isWatched, CancellationToken cancellationToken) =>
        keys.Contains(RevenueMessages.All, StringComparer.Ordinal) ? [await ReadAsync(tenant, cancellationToken)] : [];

    public async IAsyncEnumerable<IReadOnlyList<LiveValue>> ReadAllAsync(
        string tenant, LiveFilter filter,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return [await ReadAsync(tenant, cancellationToken)];
    }

    private async Task<LiveValue> ReadAsync(string tenant, CancellationToken cancellationToken)
    {
        var zone = options.Value.FindZone();
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.Now, zone).DateTime);
        var (from, to) = (ZonedSteps.Midnight(day, zone), ZonedSteps.Midnight(day.AddDays(1), zone));
        var sums = await store.SumAsync(tenant, null, [TickTime.Of(from), TickTime.Of(to)], cancellationToken);
        var resource = new RevenueTodayResource
        {
            Id = RevenueMessages.All,
            Day = ShortInstant.ToString(from),
            Totals = [.. sums.Select(each => RevenueSumResource.From(each, at: null))],
        };
        return new LiveValue(
            RevenueMessages.All, JsonSerializer.SerializeToUtf8Bytes(resource, RevenueResourcesJson.Http.RevenueTodayResource), []);
    }
}

/// <summary>The revenue of all users, as live streams show it.</summary>
internal sealed record RevenueTodayResource
{
    /// <summary>all.</summary>
    public required string Id { get; init; }

    /// <summary>When today began.</summary>
    public required string Day { get; init; }

    /// <summary>The sums of today, one for each currency.</summary>
    public required IReadOnlyList<RevenueSumResource> Totals { get; init; }
}
