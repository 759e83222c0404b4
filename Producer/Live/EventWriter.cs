using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Producer.Http;

namespace Producer.Live;

/// <summary>Writes server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).</summary>
internal sealed class EventWriter(HttpContext context) : ILiveWriter
{
    public const string MediaType = "text/event-stream";

    private static readonly JsonWriterOptions Json = new() { Encoder = HttpJson.Encoder };

    private readonly System.IO.Pipelines.PipeWriter output = context.Response.BodyWriter;

    /// <summary>The request is aborted then.</summary>
    public CancellationToken Gone => CancellationToken.None;

    public ValueTask BeginAsync()
    {
        Begin(context);
        return ValueTask.CompletedTask;
    }

    /// <summary>The headers of every such answer.</summary>
    public static void Begin(HttpContext context)
    {
        var response = context.Response;
        if (!response.HasStarted && response.ContentType is null)
        {
            response.ContentType = MediaType;
            response.Headers.CacheControl = "no-store";

            // Proxies that collect answers would hold it back (nginx: proxy_buffering).
            response.Headers["X-Accel-Buffering"] = "no";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        }
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
