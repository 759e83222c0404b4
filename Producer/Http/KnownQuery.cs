using Microsoft.AspNetCore.Routing.Patterns;

namespace Producer.Http;

/// <summary>
/// A route's query parameters. Others are refused: a slip would otherwise answer something else than was asked. A versioned route that
/// names none has none.
/// </summary>
/// <param name="Names">All of them.</param>
/// <param name="Repeated">The one that may be given several times; null for none.</param>
internal sealed record KnownQuery(string[] Names, string? Repeated)
{
    private const string Versioned = "/api/v1/";
    private static readonly KnownQuery None = new([], Repeated: null);

    /// <summary>What is wrong with the query of a request; null if nothing is. The seeds' routes take what they took.</summary>
    public static FieldErrors? Find(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            return null;
        }

        var known = endpoint.Metadata.GetMetadata<KnownQuery>();
        return known is null && !IsVersioned(endpoint.RoutePattern, endpoint.Metadata)
            ? null : (known ?? None).FindErrors(context.Request.Query);
    }

    /// <summary>Whether a route is one of the platform's own, not of a seed.</summary>
    public static bool IsVersioned(RoutePattern pattern, IEnumerable<object> metadata) =>
        pattern.RawText?.StartsWith(Versioned, StringComparison.Ordinal) == true && !metadata.OfType<ErrorShape>().Any();

    private FieldErrors? FindErrors(IQueryCollection query)
    {
        FieldErrors? errors = null;
        foreach (var (name, values) in query)
        {
            var reason = !Names.Contains(name, StringComparer.Ordinal)
                ? Names.Length == 0 ? "is not known: there are no parameters" : $"is not known; known are {string.Join(", ", Names)}"
                : values.Count > 1 && name != Repeated ? "must be given once" : null;
            if (reason is not null)
            {
                (errors ??= new FieldErrors()).Add(name, reason);
            }
        }

        return errors;
    }
}

/// <summary>Names a route's query parameters.</summary>
internal static class KnownQueryRoutes
{
    /// <summary>The route's parameters; any other is a 400 that names those.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, params string[] names) =>
        route.WithMetadata(new KnownQuery(names, Repeated: null));

    /// <summary>The same with one parameter more, which may be given several times.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, string[] names, string repeated) =>
        route.WithMetadata(new KnownQuery([.. names, repeated], repeated));
}
