using Contracts.Access;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Infrastructure.Access;

/// <summary>
/// Finds out who calls; what they may is then ASP.NET Core's authorization to decide, by <see cref="AccessHandler"/>. Not an
/// authentication handler of ASP.NET Core, which would be made anew for each request (docs/adr/0020-keys.md).
/// </summary>
internal sealed partial class AccessGate(
    KeyRing ring, Quotas quotas, AuditTrail audit, Refusals refusals, IOptions<KeyOptions> options, TimeProvider time,
    ILogger<AccessGate> logger) : IRequestGate
{
    private const string KeyHeader = "X-Api-Key";
    private const string Bearer = "Bearer ";

    /// <summary>The query's parameter for a publishable key: a beacon has no headers.</summary>
    private const string KeyParameter = "key";

    private readonly string[] origins =
        options.Value.Origins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private volatile bool isWarned;

    public void AddTo(IApplicationBuilder app)
    {
        // Before the callers are known: a browser asks with no key whether it may send one.
        app.UseCors();
        app.Use(PassAsync);
        app.UseAuthorization();
        app.Use(audit.PassAsync);
    }

    public bool AllowsOrigin(string origin) =>
        origins.Contains(origin, StringComparer.OrdinalIgnoreCase) || ring.Set.Origins.Contains(origin);

    public bool AllowsDetails(HttpContext context) =>
        context.IsLocal() || Caller.Of(context)?.May(AccessHandler.OfDetails, isPublishable: false) == true;

    private Task PassAsync(HttpContext context, RequestDelegate next)
    {
        if (ring.IsOpen)
        {
            return PassAsync(context, next, Caller.Anybody);
        }

        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<RouteCredential>()?.FindTenant(context) is { } tenant
            && endpoint.Metadata.GetMetadata<RouteAccess>() is { } access)
        {
            return PassAsync(context, next, Caller.OfRoute(tenant, access));
        }

        var given = FindCredential(context, endpoint);
        if (given is null)
        {
            // Whether a route may be used without a key is decided later.
            return next(context);
        }

        if (!ring.IsCurrent)
        {
            context.Response.Headers.RetryAfter = "1";
            return refusals.AnswerAsync(context, "unknown", StatusCodes.Status503ServiceUnavailable, "The service is unavailable.",
                "Keys cannot be checked, as the store does not answer.");
        }

        if (Find(given) is not { } held)
        {
            return ChallengeAsync(context, "The key is not valid: unknown, expired, revoked or mistyped.");
        }

        if (!held.MayComeFrom(context.Connection.RemoteIpAddress) || !IsFromItsPages(context, held.Key))
        {
            return refusals.AnswerAsync(context, "place", StatusCodes.Status403Forbidden, "The key may not be used from there.",
                "It is bound to addresses or origins, and this is none of them.");
        }

        held.Used(time.GetUtcNow());
        return PassAsync(context, next, held.Caller);
    }

    private Task PassAsync(HttpContext context, RequestDelegate next, Caller caller)
    {
        context.User = caller.Principal;
        context.Features.Set(caller);
        if (caller.KeyId is null)
        {
            return next(context);
        }

        if (!isWarned && !context.Request.IsHttps && !context.IsLocal())
        {
            isWarned = true;
            LogPlain();
        }

        var isStream = IsStream(context, context.GetEndpoint());
        return quotas.PassAsync(context, isStream ? passed => WatchAsync(passed, next, caller) : next, caller, isStream);
    }

    /// <summary>A stream would go on after its key has been revoked.</summary>
    private static async Task WatchAsync(HttpContext context, RequestDelegate next, Caller caller)
    {
        await using var end = caller.Ended.UnsafeRegister(static open => ((HttpContext)open!).Abort(), context);
        await next(context);
    }

    private static bool IsStream(HttpContext context, Endpoint? endpoint) =>
        context.WebSockets.IsWebSocketRequest || context.Request.Headers.Upgrade.Count > 0
        || endpoint?.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>()
            .Any(produced => produced.ContentTypes.Contains("text/event-stream") || produced.ContentTypes.Contains("application/x-ndjson"))
            == true;

    /// <summary>What the request shows, of whatever kind; null for nothing.</summary>
    private static string? FindCredential(HttpContext context, Endpoint? endpoint)
    {
        var headers = context.Request.Headers;
        if (headers.TryGetValue(KeyHeader, out var key) && key is [{ Length: > 0 } given])
        {
            return given;
        }

        if (headers.Authorization is [{ } authorization] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        var query = context.Request.Query;
        return query.Count == 0 ? null
            : IsStream(context, endpoint) && query.ContainsKey(StreamTokens.Parameter) ? Take(context.Request, StreamTokens.Parameter)
            : endpoint?.Metadata.GetMetadata<PublishableRoute>() is not null && query.ContainsKey(KeyParameter)
                ? Take(context.Request, KeyParameter)
            : null;
    }

    /// <summary>Takes a parameter out of the query, so that nothing after this logs, traces or refuses it.</summary>
    private static string Take(HttpRequest request, string name)
    {
        var value = request.Query[name].ToString();
        var rest = request.Query.Where(each => each.Key != name);
        request.QueryString = new QueryString(QueryHelpers.AddQueryString(string.Empty, rest));
        return value;
    }

    private HeldKey? Find(string given)
    {
        var now = time.GetUtcNow();
        if (StreamTokens.TryRead(given, out var keyId))
        {
            return ring.Set.Keys.TryGetValue(keyId, out var of) && StreamTokens.IsRight(given, of.Key, now) && !of.IsOver(now) ? of : null;
        }

        return KeyText.TryParse(given, out var text) && ring.Set.Keys.TryGetValue(text.Id, out var held) && held.IsRight(text, now)
            && !held.IsOver(now) ? held : null;
    }

    /// <summary>A publishable key is shown to everybody: only browsers on its own pages may use it, and they say where they are.</summary>
    private static bool IsFromItsPages(HttpContext context, ApiKey key) => key.Site is null
        || (context.Request.Headers.Origin is [{ } origin] && key.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase));

    private Task ChallengeAsync(HttpContext context, string detail)
    {
        context.Response.Headers[HeaderNames.WWWAuthenticate] = AccessHandler.Invalid;
        return refusals.AnswerAsync(context, "key", StatusCodes.Status401Unauthorized, "A valid key is needed.", detail);
    }

    [LoggerMessage(
        4403, LogLevel.Warning, "A key has come over plain HTTP from another machine: anyone on the path can read it. Use TLS")]
    private partial void LogPlain();
}
