using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Infrastructure.Hosting;

/// <summary>HEAD wherever GET is, with the same headers and no body (RFC 9110 §9.3.2).</summary>
public static class HeadRequests
{
    /// <summary>Lets the group's GET routes answer HEAD, too, except those that never end.</summary>
    public static TGroup WithHead<TGroup>(this TGroup group)
        where TGroup : IEndpointConventionBuilder
    {
        // Last of all, when the metadata is complete.
        group.Finally(static endpoint =>
        {
            var methods = endpoint.Metadata.OfType<HttpMethodMetadata>().LastOrDefault();
            if (methods is { HttpMethods: ["GET"] } && !IsStreamed(endpoint.Metadata))
            {
                endpoint.Metadata.Add(new HttpMethodMetadata(["GET", "HEAD"]));
            }
        });
        return group;
    }

    private static bool IsStreamed(IEnumerable<object> metadata) => metadata.OfType<IProducesResponseTypeMetadata>()
        .Any(produced => produced.StatusCode == 200 && produced.ContentTypes.Contains("text/event-stream"));
}
