using System.Globalization;
using Contracts.Common;
using Contracts.Sites;
using Infrastructure.Sites;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>GET /stats: a site's statistics, in the shape of the first site service ("seed").</summary>
internal static class SeedStats
{
    /// <summary>Whether <c>unique_users</c> is exact, as it is up to 100,000.</summary>
    public const string ExactHeader = "X-Unique-Users-Exact";

    private const int Top = 10;

    public static void MapSeedStats(this IEndpointRouteBuilder app) => app.MapGet("/stats", HandleAsync)
        .WithName("seedGetStats")
        .WithSummary("Read a site's statistics (compatibility)")
        .WithDescription(
            "For one day, in UTC unless the service is configured otherwise, or for all time. Views and the ten paths with the most "
            + "count `page_view`, users all types; known bots are left out. A site without events has zeros.")
        .Produces<SeedStatsAnswer>()
        .Produces<SeedSiteError>(StatusCodes.Status400BadRequest)
        .Produces<SeedSiteError>(StatusCodes.Status500InternalServerError)
        .Produces<SeedSiteError>(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> HandleAsync(
        [Microsoft.AspNetCore.Mvc.FromQuery(Name = "site_id")] string? siteId, string? date, HttpContext context, ISiteStore store,
        SiteReads reads, IOptions<SiteOptions> options, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(siteId))
        {
            return SeedSiteError.Answer(StatusCodes.Status400BadRequest, "site_id is required");
        }

        var (from, to) = (long.MinValue, long.MaxValue);
        if (!string.IsNullOrEmpty(date))
        {
            if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                return SeedSiteError.Answer(StatusCodes.Status400BadRequest, "date must be a valid date (YYYY-MM-DD)");
            }

            var zone = options.Value.FindZone();
            from = TickTime.Of(ZonedSteps.Midnight(day, zone));
            to = day == DateOnly.MaxValue ? long.MaxValue : TickTime.Of(ZonedSteps.Midnight(day.AddDays(1), zone));
        }

        var tenant = context.Tenant();

        // Only to wait for what was accepted of it.
        await reads.FindAsync(tenant, siteId, cancellationToken);
        var sums = new SiteSums(store, tenant, siteId, await store.FindPurgedAsync(cancellationToken));
        var totals = new SiteTotals();
        foreach (var counts in await sums.CountAsync(from, to, byDay: true, cancellationToken))
        {
            totals.Add(counts);
        }

        await sums.CollectAsync(totals, from, to, cancellationToken);
        context.Response.Headers[ExactHeader] = totals.Users.IsExact ? "true" : "false";
        var paths = await sums.SumAsync(SiteSeries.Paths, from, to, int.MaxValue, cancellationToken);
        return new JsonAnswer<SeedStatsAnswer>(
            new SeedStatsAnswer(
                siteId, string.IsNullOrEmpty(date) ? null : date, totals.Views, totals.Users.Count,
                [.. SiteStatsResource.Sort(paths!).Take(Top).Select(each => new SitePathResource(each.Key, each.Value))]),
            SiteResourcesJson.Http.SeedStatsAnswer);
    }
}
