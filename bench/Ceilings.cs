using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bench;

/// <summary>
/// Ceilings: what the same machine achieves when it does only the unavoidable work. Each runs in its own process, as the service does.
/// </summary>
internal static class Ceilings
{
    public const string EmptyHandler = "empty-handler";
    public const string BareClient = "bare-client";

    /// <summary>The service's web server (Kestrel) with a handler that only parses the same request body and answers.</summary>
    public static async Task<int> ServeEmptyAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        var answer = Encoding.UTF8.GetBytes("""{"id":"01a1fd49-ef73-731f-9b1f-7dc97a27c8cb","state":"scheduled"}""");
        app.MapGet("/health/ready", () => "ready");
        app.MapPost("/api/v1/timers", async context =>
        {
            using var document = await JsonDocument.ParseAsync(context.Request.Body);
            context.Response.StatusCode = StatusCodes.Status201Created;
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer);
        });
        await app.RunAsync();
        return 0;
    }

    /// <summary>
    /// The service's HTTP client, sending the same headers in a bare loop with as many requests in flight as the service has slots.
    /// </summary>
    public static async Task<int> SendBareAsync(string url, int count)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        });
        await SendAsync(http, url, 2_000);
        var watch = Stopwatch.StartNew();
        await SendAsync(http, url, count);
        Console.WriteLine(watch.Elapsed.TotalSeconds);
        return 0;
    }

    private static Task SendAsync(HttpMessageInvoker http, string url, int count)
    {
        const string Data = """{"timerId":"01a1fd49-ef73-731f-9b1f-7dc97a27c8cb","occurrence":1}""";
        var body = Encoding.UTF8.GetBytes(
            $$"""{"type":"timer.fired","timestamp":"2026-11-21T08:47:26.613Z","data":{{Data}}}""");
        var target = new Uri(url);
        var json = new System.Net.Http.Headers.MediaTypeHeaderValue("application/json");
        return Task.WhenAll(Enumerable.Range(0, 128).Select(slot => Task.Run(async () =>
        {
            for (var i = slot; i < count; i += 128)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, target)
                { Version = HttpVersion.Version11, Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = json;
                request.Headers.TryAddWithoutValidation("User-Agent", "Timers/0.1.0");
                request.Headers.TryAddWithoutValidation("webhook-id", "01a1fd49-ef73-731f-9b1f-7dc97a27c8cb-1");
                request.Headers.TryAddWithoutValidation("webhook-timestamp", "1795249251");
                request.Headers.TryAddWithoutValidation("timer-id", "01a1fd49-ef73-731f-9b1f-7dc97a27c8cb");
                request.Headers.TryAddWithoutValidation("timer-due-at", "2026-11-21T08:47:26.613Z");
                request.Headers.TryAddWithoutValidation("timer-attempt", "1");
                using var response = await http.SendAsync(request, CancellationToken.None);
            }
        })));
    }
}
