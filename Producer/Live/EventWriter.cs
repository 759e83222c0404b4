using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Producer.Http;

namespace Producer.Live;

/// <summary>Writes server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).</summary>
internal sealed class EventWriter(PipeWriter output)
{
    public const string MediaType = "text/event-stream";

    private static readonly JsonWriterOptions Json = new() { Encoder = HttpJson.Encoder };

    /// <summary>A page of a snapshot; the last one has the position.</summary>
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

    /// <summary>A changed state, or that there is none any more.</summary>
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

    /// <summary>A comment, so that everybody on the way sees that the connection lives, and the position so far.</summary>
    public void WriteBeat(string? position)
    {
        Write(":\n"u8);
        End(position);
    }

    public ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

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
