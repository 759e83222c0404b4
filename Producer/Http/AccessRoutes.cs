using Contracts.Access;
using Infrastructure.Hosting;

namespace Producer.Http;

/// <summary>What a key must allow for a route. A slice gets it by being registered; a route says only what differs.</summary>
internal static class AccessRoutes
{
    private static readonly int[] Refusals =
        [StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests];

    /// <summary>
    /// Gives the group's routes what their methods mean: GET reads, POST writes, and everything else controls. They need a key for it, and
    /// their document says so.
    /// </summary>
    /// <param name="group">The routes.</param>
    /// <param name="slice">What the scopes of keys call the slice.</param>
    public static TGroup WithAccess<TGroup>(this TGroup group, string slice)
        where TGroup : IEndpointConventionBuilder
    {
        // Last of all, when the metadata is complete.
        group.Finally(endpoint =>
        {
            var said = endpoint.Metadata.OfType<Need>().LastOrDefault();
            var methods = endpoint.Metadata.OfType<HttpMethodMetadata>().LastOrDefault()?.HttpMethods ?? [];
            var verb = said?.Verb ?? (methods.Count == 0 ? KeyVerb.Admin : methods.Max(VerbOf));
            var isOfNone = verb is KeyVerb.Admin or KeyVerb.Metrics || said?.IsOfAnySlice == true;
            endpoint.Metadata.Add(new RouteAccess(isOfNone ? null : slice, verb)
            {
                IsOfAnySlice = said?.IsOfAnySlice == true,
            });
            if (endpoint is RouteEndpointBuilder route && KnownQuery.IsVersioned(route.RoutePattern, endpoint.Metadata))
            {
                foreach (var status in Refusals)
                {
                    endpoint.Metadata.Add(new ProducesResponseTypeMetadata(
                        status, typeof(Microsoft.AspNetCore.Mvc.ProblemDetails), ["application/problem+json"]));
                }
            }
        });
        return group;
    }

    /// <summary>What a key must allow where the method does not tell.</summary>
    public static TRoute Needs<TRoute>(this TRoute route, KeyVerb verb, bool isOfAnySlice = false)
        where TRoute : IEndpointConventionBuilder => route.WithMetadata(new Need(verb, isOfAnySlice));

    private static KeyVerb VerbOf(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? KeyVerb.Read
        : HttpMethods.IsPost(method) ? KeyVerb.Write
        : KeyVerb.Control;

    private sealed record Need(KeyVerb Verb, bool IsOfAnySlice);
}
