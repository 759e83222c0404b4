using Contracts.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>GET /timers/stats: how many timers are in each state.</summary>
internal static class CountTimers
{
    public static void MapCountTimers(this IEndpointRouteBuilder timers) => timers.MapGet("/stats", HandleAsync)
        .WithName("countTimers")
        .WithSummary("Count timers per state")
        .WithDescription("As of `asOf`: current with the embedded store, which updates the counts with every change; on a cluster "
            + "up to 10 s old.")
        .Produces<TimerStats>();

    private static async Task<JsonAnswer<TimerStats>> HandleAsync(
        HttpContext context, ITimerStore store, CancellationToken cancellationToken)
    {
        var counts = await store.CountAsync(context.Tenant(), cancellationToken);
        var stats = new TimerStats(
            counts.AsOf,
            counts.ByState.Values.Sum(),
            Enum.GetValues<TimerState>().ToDictionary(TimerResource.StateName, state => counts.ByState.GetValueOrDefault(state)));
        return new JsonAnswer<TimerStats>(stats, TimerResourcesJson.Http.TimerStats);
    }
}

/// <summary>Timers per state.</summary>
/// <param name="AsOf">The instant at which the counts were right.</param>
/// <param name="Total">Number of the tenant's timers in any state.</param>
/// <param name="States">Every state, including those without timers.</param>
internal sealed record TimerStats(DateTimeOffset AsOf, long Total, IReadOnlyDictionary<string, long> States);
