using Contracts.Messaging;
using Contracts.Storage;
using Producer.Http;

namespace Producer.Sites;

/// <summary>The routes of the first site service ("seed"), with its shapes and errors.</summary>
internal static class SeedSites
{
    /// <summary>Any content type reaches the handler, since routing's own refusal would not have the seed's shape.</summary>
    public const string AnyType = "*/*";

    public static void MapSeedWrites(this IEndpointRouteBuilder app) => Group(app).MapSeedEvent();

    public static void MapSeedReads(this IEndpointRouteBuilder app) => Group(app).MapSeedStats();

    private static RouteGroupBuilder Group(IEndpointRouteBuilder app) =>
        app.MapGroup(string.Empty).WithTags("Compatibility").AddEndpointFilter(WithSeedErrorsAsync);

    /// <summary>Errors take the seed's shape, too.</summary>
    private static async ValueTask<object?> WithSeedErrorsAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        try
        {
            return await next(invocation);
        }
        catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException or MemoryShortageException)
        {
            invocation.HttpContext.Response.Headers.RetryAfter = Problems.RetryAfterSeconds;
            return SeedSiteError.Answer(StatusCodes.Status503ServiceUnavailable, error.Message);
        }
        catch (BadHttpRequestException bad)
        {
            return SeedSiteError.Answer(bad.StatusCode, bad.Message);
        }
        catch (InvalidDataException)
        {
            return SeedSiteError.Answer(StatusCodes.Status400BadRequest, ExceptionProblems.BadEncoding);
        }
    }
}
