using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Producer.Http;

/// <summary>
/// What HTTP asks of every route before its handler: only parameters that it knows, only types that the client accepts, and OPTIONS.
/// </summary>
internal static class Negotiation
{
    private const string Json = "application/json";

    /// <summary>Adds the checks; after them the handler runs.</summary>
    public static void UseNegotiation(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            return TellMethodsAsync(context, next);
        }

        if (context.Request.QueryString.HasValue && KnownQuery.Find(context) is { } errors)
        {
            return Problems.Invalid(errors).ExecuteAsync(context);
        }

        var accept = context.Request.Headers.Accept;
        return accept.Count == 0 || (accept.Count == 1 && accept[0] is "*/*" or Json) || FindUnacceptable(context, accept) is not { } types
            ? next(context)
            : RefuseAsync(context, StatusCodes.Status406NotAcceptable, $"This answers {string.Join(" or ", types)}.");
    });

    /// <summary>Documents what the checks may answer, on versioned routes; the seeds' documented little.</summary>
    public static TGroup WithNegotiation<TGroup>(this TGroup group)
        where TGroup : IEndpointConventionBuilder
    {
        group.Finally(static builder =>
        {
            if (builder is not RouteEndpointBuilder endpoint || !KnownQuery.IsVersioned(endpoint.RoutePattern, endpoint.Metadata))
            {
                return;
            }

            var produced = endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().ToList();
            if (!produced.Exists(each => each.StatusCode == StatusCodes.Status400BadRequest))
            {
                endpoint.Metadata.Add(Problem(StatusCodes.Status400BadRequest));
            }

            if (produced.Exists(each => each.StatusCode is >= 200 and < 300 && each.ContentTypes.Any()))
            {
                endpoint.Metadata.Add(Problem(StatusCodes.Status406NotAcceptable));
            }
        });
        return group;
    }

    private static ProducesResponseTypeMetadata Problem(int status) =>
        new(status, typeof(Microsoft.AspNetCore.Mvc.ProblemDetails), ["application/problem+json"]);

    /// <summary>Routing answers a method that a route does not have with 405 and those that it has; OPTIONS only asks for them.</summary>
    private static async Task TellMethodsAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response is { StatusCode: StatusCodes.Status405MethodNotAllowed, HasStarted: false })
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            context.Response.Headers.Allow = $"{context.Response.Headers.Allow}, OPTIONS";
        }
    }

    /// <returns>The types that the route answers with, if the client accepts none of them.</returns>
    private static List<string>? FindUnacceptable(HttpContext context, Microsoft.Extensions.Primitives.StringValues accept)
    {
        var types = context.GetEndpoint()?.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>()
            .Where(produced => produced.StatusCode is >= 200 and < 300)
            .SelectMany(produced => produced.ContentTypes)
            .Distinct(StringComparer.Ordinal)
            .ToList();

        // Who accepts what cannot be read is not refused.
        return types is not { Count: > 0 } || !MediaTypeHeaderValue.TryParseList(accept, out var ranges)
            || types.Exists(type => IsAccepted(type, ranges)) ? null : types;
    }

    /// <summary>By the most specific range that covers the type (RFC 9110 §12.5.1); parameters other than q are not looked at.</summary>
    private static bool IsAccepted(string type, IList<MediaTypeHeaderValue> ranges)
    {
        var kind = type[..(type.IndexOf('/', StringComparison.Ordinal) + 1)];
        var (found, quality) = (0, 0.0);
        foreach (var range in ranges)
        {
            var covers = range.MatchesAllTypes ? 1
                : range.MatchesAllSubTypes ? range.MediaType.StartsWith(kind, StringComparison.OrdinalIgnoreCase) ? 2 : 0
                : range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase) ? 3 : 0;
            if (covers > found || (covers == found && covers > 0 && (range.Quality ?? 1) > quality))
            {
                (found, quality) = (covers, range.Quality ?? 1);
            }
        }

        return found > 0 && quality > 0;
    }

    private static Task RefuseAsync(HttpContext context, int status, string detail) =>
        (ErrorShape.Of(context)?.Answer(context, status, detail)
            ?? TypedResults.Problem(title: "None of the accepted types can be answered.", detail: detail, statusCode: status))
        .ExecuteAsync(context);
}
