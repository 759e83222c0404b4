using Contracts.Revenue;
using Infrastructure.Revenue;
using Microsoft.Extensions.Options;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>The routes of the first revenue service ("seed"), with its shapes and errors.</summary>
internal static class SeedRevenue
{
    private static readonly ErrorShape Errors = new((_, status, message) => SeedRevenueError.Answer(
        status, status == StatusCodes.Status401Unauthorized ? SeedRevenueError.Unauthorized : message));

    public static void MapSeedWrites(this IEndpointRouteBuilder app) => Group(app).MapSeedLiveEvent();

    public static void MapSeedReads(this IEndpointRouteBuilder app) => Group(app).MapGet("/userEvents/{userId}", ReadAsync)
        .WithName("seedGetUserEvents")
        .WithSummary("Read a user's revenue (compatibility)")
        .WithDescription("The first revenue service's route: the balance in the default currency. An unknown user has none.")
        .Produces<IReadOnlyList<SeedUserRevenue>>()
        .Produces<SeedRevenueError>(StatusCodes.Status500InternalServerError)
        .Produces<SeedRevenueError>(StatusCodes.Status503ServiceUnavailable);

    private static RouteGroupBuilder Group(IEndpointRouteBuilder app) =>
        app.MapGroup(string.Empty).WithTags("Compatibility").WithMetadata(Errors);

    private static async Task<IResult> ReadAsync(
        string userId, HttpContext context, RevenueReads reads, IOptions<RevenueOptions> options, CancellationToken cancellationToken)
    {
        var found = await reads.FindAsync(context.Tenant(), PathText.Unescape(userId), cancellationToken);
        return new JsonAnswer<IReadOnlyList<SeedUserRevenue>>(
            found is null ? [] : [new SeedUserRevenue(found.Id, TotalOf(found, options.Value.Currency).ToString())],
            RevenueResourcesJson.Http.IReadOnlyListSeedUserRevenue);
    }

    private static Amount TotalOf(RevenueUser user, string currency) =>
        user.Balances.FirstOrDefault(each => each.Currency == currency)?.Total ?? default;
}
