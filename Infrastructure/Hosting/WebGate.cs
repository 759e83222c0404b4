using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Infrastructure.Hosting;

/// <summary>
/// Refuses what a web page of another origin could make its reader's browser send: a service without keys is for its own machine, and the
/// browser is on that machine.
/// </summary>
/// <remarks>
/// A name that somebody else lets point to this machine (DNS rebinding) makes a page's requests look like its own: hence the host, on every
/// route. Browsers say where a request comes from (Fetch Metadata, and <c>Origin</c> on every unsafe request). Older ones that do not can
/// only send the types of forms without asking first: hence the type of a body.
/// </remarks>
internal sealed class WebGate
{
    private readonly string[] hosts;
    private readonly bool isAnyHost;
    private readonly Refusals refusals;
    private readonly IRequestGate? callers;

    // Nearly all requests name one host.
    private volatile string? latest;

    /// <param name="options">The host names.</param>
    /// <param name="refusals">Answers what is refused.</param>
    /// <param name="callers">Knows which other origins may call; null for none.</param>
    public WebGate(IOptions<GateOptions> options, Refusals refusals, IRequestGate? callers = null)
    {
        (this.refusals, this.callers) = (refusals, callers);
        hosts = options.Value.Hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        isAnyHost = hosts.Contains("*");
    }

    public Task PassAsync(HttpContext context, RequestDelegate next)
    {
        SafeHeaders.Add(context.Response);
        var request = context.Request;
        if (!IsServed(request.Headers.Host.ToString()))
        {
            return refusals.AnswerAsync(context, "host", StatusCodes.Status421MisdirectedRequest, "The request is for another host.",
                "The service answers for loopback names, and for those in the setting Gate:Hosts.");
        }

        if (!IsUnsafe(request))
        {
            return next(context);
        }

        if (IsForeign(request))
        {
            return refusals.AnswerAsync(
                context, "origin", StatusCodes.Status403Forbidden, "The request comes from a page of another origin.",
                "Web pages of other origins may not change anything here.");
        }

        if (!HasPlainType(context))
        {
            return refusals.AnswerAsync(context, "type", StatusCodes.Status415UnsupportedMediaType, "The content type is not supported.",
                "Send application/json, or another JSON type that the route takes, as the Content-Type.");
        }

        return next(context);
    }

    /// <summary>Not only what changes something: whoever opens a WebSocket reads what it sends, from any origin.</summary>
    private static bool IsUnsafe(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        || request.Headers.Upgrade.Count > 0;

    private bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (origin is [{ } named] && callers?.AllowsOrigin(named) == true)
        {
            return false;
        }

        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site) && site is not ["same-origin" or "none"])
        {
            return true;
        }

        return origin.Count > 0
            && !(origin.Count == 1 && Uri.TryCreate(origin[0], UriKind.Absolute, out var from) && IsOwn(from, request));
    }

    /// <summary>Host and port: behind a proxy that ends TLS the page has another scheme.</summary>
    private static bool IsOwn(Uri origin, HttpRequest request) =>
        origin.Scheme is "http" or "https"
        && Uri.TryCreate($"{origin.Scheme}://{request.Headers.Host}", UriKind.Absolute, out var own)
        && own.Port == origin.Port && string.Equals(own.IdnHost, origin.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static bool HasPlainType(HttpContext context)
    {
        var type = context.Request.ContentType;
        return type is "application/json" || (type is null
            ? context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true
            : MediaTypeHeaderValue.TryParse(type, out var media)
                && (media.SubTypeWithoutSuffix.Equals("json", StringComparison.OrdinalIgnoreCase)
                    || media.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)
                    || media.SubType.Equals("x-ndjson", StringComparison.OrdinalIgnoreCase)));
    }

    private bool IsServed(string host)
    {
        if (host == latest)
        {
            return true;
        }

        var name = new HostString(host).Host.Trim('[', ']').TrimEnd('.');
        if (name.Length == 0 || !(isAnyHost || LocalRequests.IsLoopbackName(name) || Array.Exists(hosts, own => Covers(own, name))))
        {
            return false;
        }

        latest = host;
        return true;
    }

    private static bool Covers(string own, string name) =>
        own.StartsWith("*.", StringComparison.Ordinal)
            ? name.Length > own.Length - 1 && name.EndsWith(own[1..], StringComparison.OrdinalIgnoreCase)
            : name.Equals(own.Trim('[', ']'), StringComparison.OrdinalIgnoreCase);
}
