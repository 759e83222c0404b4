using Contracts.Access;
using Contracts.Storage;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Access;

/// <summary>
/// Writes down who did what: every command, replay, setting, erasure and change of keys, by the routes' own access, so that a new slice is
/// covered. An entry is stored before the caller is answered.
/// </summary>
/// <remarks>Without keys there is nobody to tell apart, and only the making of the first one is written down.</remarks>
internal sealed partial class AuditTrail(
    IAuditStore store, IOptions<AuditOptions> options, KeyRing ring, TimeProvider time, ILogger<AuditTrail> logger) : BackgroundService
{
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromHours(1);

    public Task PassAsync(HttpContext context, RequestDelegate next)
    {
        var method = context.Request.Method;
        return HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
            || Caller.Of(context) is not { } caller || context.GetEndpoint() is not RouteEndpoint endpoint
            || endpoint.Metadata.GetMetadata<RouteAccess>() is not { } access
            || !(access.Verb == KeyVerb.Admin || (access.Verb == KeyVerb.Control && caller.KeyId is not null))
            ? next(context) : WriteAsync(context, next, caller, endpoint);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(PurgeInterval, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await store.PurgeAsync(time.GetUtcNow() - options.Value.Retention, stoppingToken);
            }
            catch (StoreUnavailableException)
            {
                // The next tick tries again: what is too old is only kept longer.
            }
        }
    }

    private async Task WriteAsync(HttpContext context, RequestDelegate next, Caller caller, RouteEndpoint endpoint)
    {
        var notes = new AuditNotes();
        context.Features.Set(notes);

        // Before the route: it may revoke the key that it was called with.
        var actor = caller.KeyId is { } id && ring.Set.Keys.TryGetValue(id, out var held) ? held.Key.Name : "anybody";
        var now = time.GetUtcNow();
        var isDone = false;
        try
        {
            await next(context);
            isDone = true;
        }
        finally
        {
            await AddAsync(new AuditEntry
            {
                Id = AuditId.New(now),
                At = now,
                Tenant = caller.TenantName,
                Actor = actor,
                KeyId = caller.KeyId,
                Action = endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName
                    ?? endpoint.RoutePattern.RawText ?? string.Empty,
                Target = context.Request.Path,
                Before = notes.Before,
                After = notes.After,
                Address = context.Connection.RemoteIpAddress?.ToString(),
                Outcome = isDone ? context.Response.StatusCode : StatusCodes.Status500InternalServerError,
            });
        }
    }

    private async Task AddAsync(AuditEntry entry)
    {
        try
        {
            // Not cancelled when the caller goes away: it is done, and has to be written down.
            await store.AddAsync(entry, CancellationToken.None);
        }
        catch (StoreUnavailableException unavailable)
        {
            // What was done stays done; the log is where it is written down then.
            LogUnwritten(unavailable.Message, entry.KeyId ?? entry.Actor, entry.Action, entry.Target, entry.Outcome);
        }
    }

    [LoggerMessage(
        4402, LogLevel.Error,
        "The audit cannot be written: {Reason} {Actor} called {Action} on {Target}, answered with {Outcome}")]
    private partial void LogUnwritten(string reason, string actor, string action, string target, int outcome);
}
