using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Tests.Support;

/// <summary>A route as a client can call it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">With every parameter filled in.</param>
/// <param name="Endpoint">What the program knows of it.</param>
public sealed record Route(string Method, string Path, RouteEndpoint Endpoint)
{
    /// <summary>Whether requests may change something.</summary>
    public bool IsUnsafe => Method is not ("GET" or "HEAD" or "OPTIONS");

    /// <summary>Every route of a program, taken from where routing takes them: one that is added later is among them.</summary>
    /// <param name="services">The running program's.</param>
    /// <param name="fill">The value of a route's parameter, by its name.</param>
    public static IReadOnlyList<Route> All(IServiceProvider services, Func<string, string>? fill = null) =>
    [
        .. from endpoint in services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           let methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
           from method in methods
           select new Route(method, PathOf(endpoint, fill ?? (name => name == "rest" ? "x/y/z" : "x")), endpoint),
    ];

    public override string ToString() => $"{Method} {Path}";

    /// <summary>A path that leads to the route.</summary>
    public static string PathOf(RouteEndpoint endpoint, Func<string, string> fill) => "/" + string.Join('/', endpoint.RoutePattern
        .PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "documentName" } => "v1",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => fill(parameter.Name),
            _ => string.Empty,
        }))));
}
