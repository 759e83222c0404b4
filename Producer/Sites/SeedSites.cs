using Producer.Http;

namespace Producer.Sites;

/// <summary>The routes of the first site service ("seed"), with its shapes and errors.</summary>
internal static class SeedSites
{
    private static readonly ErrorShape Errors = new((_, status, message) => SeedSiteError.Answer(status, message));

    public static void MapSeedWrites(this IEndpointRouteBuilder app) => Group(app).MapSeedEvent();

    public static void MapSeedReads(this IEndpointRouteBuilder app) => Group(app).MapSeedStats();

    private static RouteGroupBuilder Group(IEndpointRouteBuilder app) =>
        app.MapGroup(string.Empty).WithTags("Compatibility").WithMetadata(Errors);
}
