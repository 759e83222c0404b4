using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Producer.Http;

namespace Producer.Live;

/// <summary>
/// Writes the same messages to a WebSocket (RFC 6455), each a text of its own: <c>{"event":"change","data":{…},"id":"…"}</c>, with the
/// event's name, data and position as server-sent events have them, and <c>beat</c> where these have a comment.
/// </summary>
internal sealed class SocketWriter(HttpContext context) : ILiveWriter
{
    /// <summary>How long a message may wait for its client to read: the streams' own pace is held back by a client meanwhile.</summary>
    private static readonly TimeSpan MaxSend = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to say good-bye.</summary>
    private static readonly TimeSpan MaxClose = TimeSpan.FromSeconds(1);

    private static readonly JsonWriterOptions Json = new() { Encoder = HttpJson.Encoder, SkipValidation = true };

    private readonly CancellationTokenSource gone = new();
    private readonly List<ArrayBufferWriter<byte>> messages = [];
    private WebSocket? socket;
    private Task listening = Task.CompletedTask;

    public CancellationToken Gone => gone.Token;

    public async ValueTask BeginAsync()
    {
        if (socket is null)
        {
            socket = await context.WebSockets.AcceptWebSocketAsync();
            listening = ListenAsync(socket);
        }
    }

    public void WriteSnapshot(IReadOnlyList<LiveValue> page, bool isLast, string? position)
    {
        Write("snapshot", isLast ? position : null, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("items"u8);
            foreach (var value in page)
            {
                json.WriteRawValue(value.Json.Span, skipInputValidation: true);
            }

            json.WriteEndArray();
            json.WriteBoolean("more"u8, !isLast);
            json.WriteEndObject();
        });
    }

    public void WriteChange(LiveValue value, string? position)
    {
        if (value.IsGone)
        {
            Write("gone", position, json =>
            {
                json.WriteStartObject();
                json.WriteString("id"u8, value.Key);
                json.WriteEndObject();
            });
        }
        else
        {
            Write("change", position, json => json.WriteRawValue(value.Json.Span, skipInputValidation: true));
        }
    }

    public void WriteBeat(string? position) => Write("beat", position, writeData: null);

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(MaxSend);
        try
        {
            foreach (var message in messages)
            {
                await socket!.SendAsync(message.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, late.Token);
            }
        }
        catch (Exception error) when (error is WebSocketException or IOException or ObjectDisposedException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await gone.CancelAsync();
            throw new OperationCanceledException("The client has gone, or does not read.", error, gone.Token);
        }
        finally
        {
            messages.Clear();
        }
    }

    /// <summary>Says good-bye: the stream has ended, and the client may come back.</summary>
    public async ValueTask DisposeAsync()
    {
        using var late = new CancellationTokenSource(MaxClose);
        if (socket is { State: WebSocketState.Open or WebSocketState.CloseReceived })
        {
            try
            {
                await socket.CloseOutputAsync(
                    socket.State == WebSocketState.Open ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.NormalClosure,
                    null, late.Token);
                await listening.WaitAsync(late.Token);
            }
            catch (Exception error) when (error is WebSocketException or IOException or OperationCanceledException)
            {
                // It has gone without a word.
            }
        }

        socket?.Abort();
        await listening;
        socket?.Dispose();
        gone.Dispose();
    }

    /// <summary>Clients have nothing to say here but good-bye; what they say all the same is passed over, as they may.</summary>
    private async Task ListenAsync(WebSocket from)
    {
        var buffer = new byte[1_024];
        try
        {
            while ((await from.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
                // Any number of bytes.
            }
        }
        catch (Exception error) when (error is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It has gone without a word.
        }

        await gone.CancelAsync();
    }

    private void Write(string name, string? position, Action<Utf8JsonWriter>? writeData)
    {
        var message = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(message, Json))
        {
            json.WriteStartObject();
            json.WriteString("event"u8, name);
            if (writeData is not null)
            {
                json.WritePropertyName("data"u8);
                writeData(json);
            }

            if (position is not null)
            {
                json.WriteString("id"u8, position);
            }

            json.WriteEndObject();
        }

        messages.Add(message);
    }
}
