using Contracts.Sites;
using Contracts.Storage;
using Infrastructure.Sites;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>GET /sites and /sites/{id}/stats.</summary>
internal static class ReadSites
{
    public static void MapReadSites(this IEndpointRouteBuilder sites)
    {
        sites.MapGet("/", ListAsync)
            .WithQuery("limit", "cursor")
            .WithName("listSites")
            .WithSummary("List sites")
            .WithDescription("In the order of their ids. `next` is the cursor of the next page.")
            .Produces<SiteList>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        sites.MapGet("/{siteId}/stats", StatsAsync)
            .WithQuery(SiteStatsQuery.Parameters, SiteDimension.Property)
            .WithName("getSiteStats")
            .WithSummary("Read a site's statistics")
            .WithDescription(
                "Of the last 30 days, or from `from` to before `to`. With filters all numbers but `visitorsNow` are those of the events "
                + "that match. A visit is ended by 30 minutes without an event, and belongs to the instant when it began. Visits, "
                + "filters, breakdowns and steps shorter than a minute are counted from raw events, of which one answer reads a million "
                + "at most (`Sites:MaxScan`): beyond, visits are left out with a note, and the others are refused.")
            .Produces<SiteStatsResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    public static ProblemHttpResult NotFound(string site) =>
        Problems.NotFound("There is no such site.", $"No site has the id '{site}'.");

    private static async Task<Results<JsonAnswer<SiteList>, ProblemHttpResult>> ListAsync(
        string? limit, string? cursor, HttpContext context, ISiteStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var asked = ListPage.Read(context, limit, cursor, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var page = await store.ListAsync(asked.Tenant, asked.After, asked.Size, cancellationToken);
        return new JsonAnswer<SiteList>(
            new SiteList([.. page.Items.Select(SiteResource.From)], asked.CursorAfter(page.Next)), SiteResourcesJson.Http.SiteList);
    }

    private static async Task<Results<JsonAnswer<SiteStatsResource>, ProblemHttpResult>> StatsAsync(
        string siteId, string? from, string? to, string? resolution, string? zone, string? top, string? page, string? metrics,
        string? breakdown, string? compare, string? type, string? path, string? referrer, string? utmSource, string? utmMedium,
        string? utmCampaign, string? utmTerm, string? utmContent, string? property, HttpContext context, SiteReads reads, SiteStats stats,
        IStoreClock clock, IOptions<SiteOptions> options, CancellationToken cancellationToken)
    {
        // Named above for the API document; read together here.
        _ = (from, to, resolution, zone, top, page, metrics, breakdown, compare, type, path, referrer, utmSource, utmMedium, utmCampaign,
            utmTerm, utmContent, property);
        var errors = new FieldErrors();
        var site = PathText.Unescape(siteId);
        var query = SiteStatsQuery.Read(site, context.Request.Query, options.Value.FindZone(), clock.Now, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var tenant = context.Tenant();
        if (await reads.FindAsync(tenant, site, cancellationToken) is null)
        {
            return NotFound(site);
        }

        return await stats.AnswerAsync(tenant, query, cancellationToken) is { } answer
            ? new JsonAnswer<SiteStatsResource>(answer, SiteResourcesJson.Http.SiteStatsResource)
            : Problems.Invalid(
                "from", $"and to hold more than {options.Value.MaxScan} events, the most that are filtered or broken down");
    }
}
