using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Tests.Support;

/// <summary>Reads the messages of a live stream over a WebSocket.</summary>
public sealed class SocketEvents : IDisposable
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);
    private readonly byte[] buffer = new byte[64 * 1024];

    private SocketEvents(ClientWebSocket socket) => Socket = socket;

    public ClientWebSocket Socket { get; }

    public static async Task<SocketEvents> OpenAsync(Uri service, string path, string? lastEventId = null)
    {
        var socket = new ClientWebSocket();
        if (lastEventId is not null)
        {
            socket.Options.SetRequestHeader("Last-Event-ID", lastEventId);
        }

        await socket.ConnectAsync(new Uri(new UriBuilder(service) { Scheme = "ws" }.Uri, path), default).WaitAsync(MaxWait);
        return new SocketEvents(socket);
    }

    /// <summary>The next message, as a server-sent event would be; one without data is a beat.</summary>
    public async Task<ServerEvent> NextAsync()
    {
        var text = new StringBuilder();
        ValueWebSocketReceiveResult part;
        do
        {
            part = await Socket.ReceiveAsync(buffer.AsMemory(), default).AsTask().WaitAsync(MaxWait);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                throw new InvalidOperationException("The stream has ended.");
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
        }
        while (!part.EndOfMessage);

        using var json = JsonDocument.Parse(text.ToString());
        var root = json.RootElement;
        return new ServerEvent(
            root.GetProperty("event").GetString()!, root.TryGetProperty("id", out var id) ? id.GetString() : null,
            root.TryGetProperty("data", out var data) ? data.GetRawText() : string.Empty);
    }

    /// <summary>The next one that is what the test waits for; those before are dropped.</summary>
    public async Task<ServerEvent> NextAsync(Func<ServerEvent, bool> expected)
    {
        while (true)
        {
            var next = await NextAsync();
            if (expected(next))
            {
                return next;
            }
        }
    }

    public void Dispose() => Socket.Dispose();
}
