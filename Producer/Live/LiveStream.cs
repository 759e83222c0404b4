using Contracts.Live;
using Contracts.Storage;
using Producer.Http;

namespace Producer.Live;

/// <summary>
/// Answers with server-sent events, or over a WebSocket if the client asks for one: a snapshot first, or what a client that comes back has
/// missed; then each changed state as it is, and a comment every 15 seconds.
/// </summary>
/// <param name="source">What is streamed.</param>
/// <param name="filter">What of the source this client watches.</param>
/// <param name="lastEventId">The last position that the client knows, where it cannot say so in a header; null for none.</param>
internal sealed class LiveStream(ILiveSource source, LiveFilter filter, string? lastEventId = null) : IResult
{
    /// <summary>Writes it in a form of its own; null for the usual one, or a WebSocket.</summary>
    public Func<HttpContext, ILiveWriter>? Form { get; init; }

    public const string LastEventId = "Last-Event-ID";

    /// <summary>The same as a parameter of the query: browsers let no page set a WebSocket's headers.</summary>
    public const string LastEventIdQuery = "lastEventId";

    /// <summary>Pause between two comments.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    /// <summary>Pause between two snapshots of a client that cannot keep up.</summary>
    private static readonly TimeSpan SnapshotPause = TimeSpan.FromSeconds(5);

    /// <summary>Pause after a snapshot that the store did not answer.</summary>
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(1);

    private const int MaxPositionLength = 100;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        if (!services.GetRequiredService<ILiveFeed>().IsShared)
        {
            await TypedResults.Problem(
                title: "There are no live streams here.",
                detail: "In a cluster they need Redis: ConnectionStrings:Redis.",
                statusCode: StatusCodes.Status501NotImplemented).ExecuteAsync(httpContext);
            return;
        }

        // The server waits for requests when it stops, and this one would never end.
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        await using var writer = Form?.Invoke(httpContext)
            ?? (httpContext.WebSockets.IsWebSocketRequest ? new SocketWriter(httpContext) : new EventWriter(httpContext));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            httpContext.RequestAborted, lifetime.ApplicationStopping, writer.Gone);
        var metrics = services.GetRequiredService<LiveMetrics>();
        metrics.Opened(source.Feed, httpContext.Tenant());
        try
        {
            await RunAsync(
                httpContext, writer, metrics, services.GetRequiredService<LiveHub>(), services.GetRequiredService<TimeProvider>(),
                stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client has gone, or the service stops: clients connect again by themselves.
        }
        finally
        {
            metrics.Closed(source.Feed, httpContext.Tenant());
        }
    }

    private async Task RunAsync(
        HttpContext context, ILiveWriter writer, LiveMetrics metrics, LiveHub hub, TimeProvider time, CancellationToken cancellationToken)
    {
        var tenant = context.Tenant();

        // Before anything is read, so that no change falls between.
        using var subscription = await hub.SubscribeAsync(source, tenant, filter, cancellationToken);
        var client = subscription.Client;
        if (await FindMissedAsync(context.Request, hub, tenant, subscription.Position, cancellationToken) is { } missed)
        {
            await writer.BeginAsync();
            await WriteChangesAsync(writer, missed, subscription.Position, cancellationToken);
        }
        else
        {
            await WriteSnapshotAsync(writer, tenant, subscription.Position, cancellationToken);
        }

        var written = time.GetTimestamp();
        while (!client.HasEnded)
        {
            await client.Told.WaitAsync(Beat, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            var (values, isOverrun, position) = client.Take();
            if (isOverrun)
            {
                metrics.Overrun(source.Feed);
                if (SnapshotPause - time.GetElapsedTime(written) is { Ticks: > 0 } pause)
                {
                    await Task.Delay(pause, time, cancellationToken);
                }

                await WriteSnapshotAgainAsync(context, writer, client, time, cancellationToken);
                written = time.GetTimestamp();
            }
            else if (values.Count == 0)
            {
                writer.WriteBeat(position);
                await writer.FlushAsync(cancellationToken);
            }
            else
            {
                await WriteChangesAsync(writer, values, position, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Tries until the store answers: browsers do not come back to a stream that they are refused, so it is better not to end.
    /// </summary>
    private async Task WriteSnapshotAgainAsync(
        HttpContext context, ILiveWriter writer, LiveClient client, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                // What has come until now is in the snapshot, too.
                await WriteSnapshotAsync(writer, context.Tenant(), client.Take().Position, cancellationToken);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(StorePause, time, cancellationToken);
            }
        }
    }

    /// <returns>The states that a client which was here before has missed; null if it needs all of them.</returns>
    private async Task<IReadOnlyCollection<LiveValue>?> FindMissedAsync(
        HttpRequest request, LiveHub hub, string tenant, string? until, CancellationToken cancellationToken)
    {
        var after = request.Headers.TryGetValue(LastEventId, out var header) ? header.ToString() : lastEventId;
        if (after is not { Length: > 0 and <= MaxPositionLength }
            || await hub.ReplayAsync(tenant, source.Feed, after, until, cancellationToken) is not { } missed
            || missed.Keys.Count > LiveClient.MaxWaiting)
        {
            return null;
        }

        var keys = missed.Keys.Keys.Where(key => filter.Key is null || filter.Key == key).ToList();
        var values = keys.Count == 0 ? [] : await source.ReadAsync(tenant, keys, key => key == filter.Key, cancellationToken);
        return [.. values.Select(value => filter.Apply(value, missed.Keys.GetValueOrDefault(value.Key, LeftGroups.None)))
            .OfType<LiveValue>()];
    }

    private static async Task WriteChangesAsync(
        ILiveWriter writer, IReadOnlyCollection<LiveValue> values, string? position, CancellationToken cancellationToken)
    {
        var left = values.Count;
        foreach (var value in values)
        {
            // With the last one: a client that loses the connection in between gets all of them again.
            writer.WriteChange(value, --left == 0 ? position : null);
        }

        if (values.Count == 0)
        {
            writer.WriteBeat(position);
        }

        await writer.FlushAsync(cancellationToken);
    }

    private async Task WriteSnapshotAsync(ILiveWriter writer, string tenant, string? position, CancellationToken cancellationToken)
    {
        IReadOnlyList<LiveValue>? before = null;
        await foreach (var page in ReadAllAsync(tenant, cancellationToken))
        {
            // Only now, so that a store that does not answer is a status.
            await writer.BeginAsync();
            if (before is not null)
            {
                writer.WriteSnapshot(before, isLast: false, null);
                await writer.FlushAsync(cancellationToken);
            }

            before = page;
        }

        await writer.BeginAsync();
        writer.WriteSnapshot(before ?? [], isLast: true, position);
        await writer.FlushAsync(cancellationToken);
    }

    private async IAsyncEnumerable<IReadOnlyList<LiveValue>> ReadAllAsync(
        string tenant, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (filter.Key is { } key)
        {
            yield return [.. (await source.ReadAsync(tenant, [key], _ => true, cancellationToken)).Where(value => !value.IsGone)];
            yield break;
        }

        await foreach (var page in source.ReadAllAsync(tenant, filter, cancellationToken))
        {
            yield return page;
        }
    }
}
