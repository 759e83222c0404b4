using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Producer.Http;

namespace Producer.Live;

/// <summary>Writes server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).</summary>
internal sealed class EventWriter(HttpContext context) : ILiveWriter
{
    public const string MediaType = "text/event-stream";

    /// <summary>Bounds of the pause after which a client connects again.</summary>
    private static readonly TimeSpan MinRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxRetry = TimeSpan.FromSeconds(5);

    private static readonly JsonWriterOptions Json = new() { Encoder = HttpJson.Encoder };

    private readonly System.IO.Pipelines.PipeWriter output = context.Response.BodyWriter;

    /// <summary>The request is aborted then.</summary>
    public CancellationToken Gone => CancellationToken.None;

    public ValueTask BeginAsync()
    {
        if (Begin(context))
        {
            // Part of the first event. Each client has a pause of its own, so that those of a Producer that stops come back one by one.
            var pause = Random.Shared.Next((int)MinRetry.TotalMilliseconds, (int)MaxRetry.TotalMilliseconds);
            Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {pause}\n")));
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The headers of every such answer.</summary>
    /// <returns>False if it has begun already.</returns>
    public static bool Begin(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.ContentType is not null)
        {
            return false;
        }

        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";

        // Proxies that collect answers would hold it back (nginx: proxy_buffering).
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return true;
    }

    public void WriteSnapshot(IReadOnlyList<LiveValue> page, bool isLast, string? position)
    {
        Write("event: snapshot\ndata: {\"items\":["u8);
        for (var i = 0; i < page.Count; i++)
        {
            if (i > 0)
            {
                Write(","u8);
            }

            Write(page[i].Json.Span);
        }

        Write(isLast ? "],\"more\":false}\n"u8 : "],\"more\":true}\n"u8);
        End(isLast ? position : null);
    }

    public void WriteChange(LiveValue value, string? position)
    {
        if (value.IsGone)
        {
            Write("event: gone\ndata: "u8);
            using (var json = new Utf8JsonWriter(output, Json))
            {
                json.WriteStartObject();
                json.WriteString("id"u8, value.Key);
                json.WriteEndObject();
            }
        }
        else
        {
            Write("event: change\ndata: "u8);
            Write(value.Json.Span);
        }

        Write("\n"u8);
        End(position);
    }

    /// <summary>A comment.</summary>
    public void WriteBeat(string? position)
    {
        Write(":\n"u8);
        End(position);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken) => await output.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void End(string? position)
    {
        if (position is not null)
        {
            Write("id: "u8);
            Write(Encoding.UTF8.GetBytes(position));
            Write("\n"u8);
        }

        Write("\n"u8);
    }

    private void Write(ReadOnlySpan<byte> bytes) => output.Write(bytes);
}
