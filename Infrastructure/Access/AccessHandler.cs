using Contracts.Access;
using Contracts.Common;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Infrastructure.Access;

/// <summary>
/// What a caller may: the fallback policy of ASP.NET Core's authorization, and so the rule of every route that does not say otherwise.
/// A route that says nothing at all needs a key for everything.
/// </summary>
internal sealed class AccessHandler(Refusals refusals, IEnumerable<OpenPath> open)
    : AuthorizationHandler<AccessHandler.Requirement>, IAuthorizationMiddlewareResultHandler
{
    /// <summary>The challenge of a request whose key is not valid (RFC 6750 §3).</summary>
    public const string Invalid = $"{Challenge}, error=\"invalid_token\"";

    private const string Challenge = "Bearer realm=\"timers\"";

    private readonly List<OpenPath> open = [.. open];

    /// <summary>What metrics and the details of readiness need.</summary>
    public static RouteAccess OfDetails { get; } = new(null, KeyVerb.Metrics);

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        var headers = context.Response.Headers;
        if (authorizeResult.Challenged)
        {
            headers[HeaderNames.WWWAuthenticate] = Challenge;
            return refusals.AnswerAsync(context, "key", StatusCodes.Status401Unauthorized, "A key is needed.",
                "Send it as Authorization: Bearer or X-Api-Key; timers keys create makes one.");
        }

        var access = AccessOf(context.GetEndpoint());
        var scope = access?.Scope ?? KeyScopes.Write(null, KeyVerb.Admin);
        headers[HeaderNames.WWWAuthenticate] = $"{Challenge}, error=\"insufficient_scope\", scope=\"{scope}\"";
        return refusals.AnswerAsync(context, "scope", StatusCodes.Status403Forbidden, "The key does not allow that.",
            access == OfDetails ? $"It needs the scope {scope}, and the tenant {Tenant.Default}: it tells of all tenants."
                : $"It needs the scope {scope}.",
            Caller.Of(context)?.TenantName);
    }

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, Requirement requirement)
    {
        var http = (HttpContext)context.Resource!;
        if (IsAllowed(http))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }

    private bool IsAllowed(HttpContext http)
    {
        var endpoint = http.GetEndpoint();
        var access = AccessOf(endpoint);
        if (access == OfDetails && http.IsLocal())
        {
            return true;
        }

        if (endpoint is not RouteEndpoint)
        {
            // No route, or not with this method: whoever has a key is told so.
            return Caller.Of(http) is not null
                || (endpoint is null && open.Exists(each => http.Request.Path.StartsWithSegments(each.Path, StringComparison.Ordinal)));
        }

        return Caller.Of(http)?.May(access, endpoint.Metadata.GetMetadata<PublishableRoute>() is not null) == true;
    }

    private static RouteAccess? AccessOf(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<RouteAccess>();

    /// <summary>That the caller may use the route.</summary>
    internal sealed class Requirement : IAuthorizationRequirement;
}
