using System.Security.Claims;
using Contracts.Access;
using Contracts.Common;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Http;

namespace Infrastructure.Access;

/// <summary>Whoever a request comes from, as far as the gate knows: the owner of a key, or anybody on a machine without keys.</summary>
public sealed class Caller
{
    private readonly RouteAccess? only;

    internal Caller(string? keyId, string tenant, KeyScopes scopes, CancellationToken ended)
    {
        (KeyId, TenantName, Scopes, Ended) = (keyId, tenant, scopes, ended);
        Principal = new ClaimsPrincipal(new ClaimsIdentity(keyId is null ? [] : [new Claim(ClaimTypes.NameIdentifier, keyId)], "key"));
    }

    private Caller(string tenant, RouteAccess only)
        : this(keyId: null, tenant, new KeyScopes([]), CancellationToken.None) => this.only = only;

    /// <summary>The key's id; null where none is needed.</summary>
    public string? KeyId { get; }

    /// <summary>Whose data the request is about.</summary>
    public string TenantName { get; }

    /// <summary>What it may do.</summary>
    public KeyScopes Scopes { get; }

    /// <summary>Cancelled when the key is revoked or expires: streams end then.</summary>
    public CancellationToken Ended { get; }

    /// <summary>For a publishable key: the only site that it may send events of. Else null.</summary>
    public string? Site { get; init; }

    /// <summary>Whether its key may manage the keys of other tenants: an administrator of the default one, who runs the service.</summary>
    public bool IsOperator => Scopes.IsAdmin && TenantName == Tenant.Default;

    internal ClaimsPrincipal Principal { get; }

    /// <summary>Anybody, where no key is needed.</summary>
    internal static Caller Anybody { get; } = new(keyId: null, Tenant.Default, KeyScopes.Everything, CancellationToken.None);

    /// <summary>The caller of a request; null for one that has not passed the gate.</summary>
    public static Caller? Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<Caller>();
    }

    /// <summary>Whoever has a route's own credential: it opens that route and no other.</summary>
    internal static Caller OfRoute(string tenant, RouteAccess route) => new(tenant, route);

    /// <summary>Whether it may use a route.</summary>
    /// <param name="access">What the route needs; null for everything.</param>
    /// <param name="isPublishable">Whether pages may send to it.</param>
    internal bool May(RouteAccess? access, bool isPublishable) =>
        only is not null ? access == only
        : Site is not null ? isPublishable && access is { Verb: KeyVerb.Write }
        : access is null ? Scopes.IsAdmin

        // Metrics are those of the whole service, and name all tenants.
        : access.Verb == KeyVerb.Metrics && TenantName != Tenant.Default ? false
        : access.IsOfAnySlice ? Scopes.AllowsAny(access.Verb)
        : Scopes.Allows(access.Slice, access.Verb);
}
