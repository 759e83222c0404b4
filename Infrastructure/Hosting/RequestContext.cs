using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Hosting;

/// <summary>What stands around a request. Only what is used of it: each part of it is paid for by every request (docs/performance.md).</summary>
internal static class RequestContext
{
    /// <summary>ASP.NET makes an activity and a scope for the log of each request as long as this category is on.</summary>
    private const string Diagnostics = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public static void AddRequestContext(this ILoggingBuilder logging) => logging.AddFilter(Diagnostics, LogLevel.None);

    /// <summary>All services are singletons, so that a request needs no scope of its own; its trace is followed where it brought one.</summary>
    public static void UseRequestContext(this WebApplication app) => app.Use((context, next) =>
    {
        context.RequestServices = app.Services;
        return context.Request.Headers.TraceParent.Count == 0 || Activity.Current is not null ? next(context) : FollowTraceAsync(context, next);
    });

    private static async Task FollowTraceAsync(HttpContext context, RequestDelegate next)
    {
        DistributedContextPropagator.Current.ExtractTraceIdAndState(context.Request.Headers, Find, out var parent, out var state);
        using var activity = new Activity("request");
        if (parent is not null)
        {
            activity.SetParentId(parent);
            activity.TraceStateString = state;
        }

        activity.Start();
        await next(context);
    }

    private static void Find(object? headers, string name, out string? value, out IEnumerable<string>? values)
    {
        value = ((IHeaderDictionary)headers!)[name];
        values = null;
    }
}
