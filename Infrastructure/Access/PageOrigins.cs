using Infrastructure.Hosting;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;

namespace Infrastructure.Access;

/// <summary>Which pages of other origins may call: none, but for those of publishable keys and those in <c>Keys:Origins</c>.</summary>
internal sealed class PageOrigins(IServiceProvider services) : ICorsPolicyProvider
{
    /// <summary>How long a browser may remember what it was told.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        var gate = (IRequestGate)services.GetService(typeof(IRequestGate))!;
        return Task.FromResult(context.Request.Headers.Origin is [{ } origin] && gate.AllowsOrigin(origin) ? PolicyOf(origin) : null);
    }

    /// <summary>With credentials, since beacons are sent with them; there are no cookies that they could carry.</summary>
    private static CorsPolicy PolicyOf(string origin) => new CorsPolicyBuilder(origin)
        .WithMethods(Methods)
        .AllowAnyHeader()
        .AllowCredentials()
        .WithExposedHeaders("ETag", "Location", "Retry-After", "X-Tracking-Id", "RateLimit", "RateLimit-Policy")
        .SetPreflightMaxAge(MaxAge)
        .Build();
}
