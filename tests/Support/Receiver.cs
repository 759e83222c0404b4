using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tests.Support;

/// <summary>A webhook as it arrived.</summary>
public sealed record Arrival(
    DateTimeOffset At, string Method, string Path, string WebhookId, string TimerId, DateTimeOffset DueAt, int Attempt,
    IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>A header that a request asks for; it tells which request a webhook comes from.</summary>
    public const string MarkHeader = "mark";

    /// <summary>The status that it was answered with; 0 until it is answered, or if the sender did not wait.</summary>
    public int Status { get; set; }

    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>
    /// When its connection was accepted, if nothing came after it there: it may have waited, sent but unread, while its sender was already
    /// gone. Null if something did.
    /// </summary>
    public DateTimeOffset? LastOnConnectionOf { get; set; }

    /// <summary>The mark of the request it comes from: the Idempotency-Key if there was one; null if the request was not marked.</summary>
    public string? Mark => Headers.GetValueOrDefault(MarkHeader);
}

/// <summary>A real HTTP receiver that keeps a journal of everything that arrives: the oracle of the end-to-end tests.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Arrival> journal = new();
    private volatile Func<HttpContext, Task> answer = _ => Task.CompletedTask;
    private int connections;

    private Receiver(WebApplication app) => this.app = app;

    public IReadOnlyList<Arrival> Journal => [.. journal];

    public int Count => journal.Count;

    /// <summary>Connections whose requests are not all read and answered yet, or that are still open.</summary>
    public int Connections => Volatile.Read(ref connections);

    public Uri Url { get; private set; } = null!;

    /// <param name="answer">Runs once the arrival is in the journal; without it the answer is 200.</param>
    /// <param name="tls">Makes it speak TLS.</param>
    public static async Task<Receiver> StartAsync(
        Func<HttpContext, Task>? answer = null, Action<HttpsConnectionAdapterOptions>? tls = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"{(tls is null ? "http" : "https")}://127.0.0.1:0");
        Receiver receiver = null!;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection => receiver.CountAsync(next, connection)));
            kestrel.ConfigureHttpsDefaults(https => tls?.Invoke(https));
        });
        if (tls is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var built = builder.Build();
        receiver = new Receiver(built);
        receiver.Answer(answer);
        built.Run(receiver.HandleAsync);
        await built.StartAsync();
        receiver.Url = new Uri(built.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return receiver;
    }

    public Uri At(string path) => new(Url, path);

    public void Answer(Func<HttpContext, Task>? with) => answer = with ?? (_ => Task.CompletedTask);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await app.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // Does not wait for hanging answers.
        }

        await app.DisposeAsync();
    }

    private async Task CountAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        Interlocked.Increment(ref connections);
        connection.Items[nameof(Arrival.LastOnConnectionOf)] = TimeProvider.System.GetUtcNow();
        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref connections);
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        // The clock that timers are compared with, read before anything else is done.
        var at = TimeProvider.System.GetUtcNow();
        var request = context.Request;
        var headers = request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync();
        var arrival = new Arrival(
            at,
            request.Method,
            request.Path + request.QueryString,
            headers.GetValueOrDefault("webhook-id", string.Empty),
            headers.GetValueOrDefault("timer-id", string.Empty),
            headers.TryGetValue("timer-due-at", out var due) ? DateTimeOffset.Parse(due) : default,
            headers.TryGetValue("timer-attempt", out var attempt) ? int.Parse(attempt) : 0,
            headers,
            body);
        MarkAsLast(arrival, context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items);
        journal.Enqueue(arrival);
        await answer(context);
        if (!context.RequestAborted.IsCancellationRequested)
        {
            arrival.AnsweredAt = TimeProvider.System.GetUtcNow();
            arrival.Status = context.Response.StatusCode;
        }
    }

    /// <summary>The sender uses HTTP/1.1: requests of one connection come one after the other.</summary>
    private static void MarkAsLast(Arrival arrival, IDictionary<object, object?> ofConnection)
    {
        if (ofConnection.TryGetValue(nameof(Arrival), out var before))
        {
            ((Arrival)before!).LastOnConnectionOf = null;
        }

        arrival.LastOnConnectionOf = (DateTimeOffset)ofConnection[nameof(Arrival.LastOnConnectionOf)]!;
        ofConnection[nameof(Arrival)] = arrival;
    }
}
