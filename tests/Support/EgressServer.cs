using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tests.Support;

/// <summary>
/// A small real HTTP proxy: forwards requests in absolute form, opens tunnels, and resolves names by a table of its own, so that whoever
/// reaches a receiver by name came through it.
/// </summary>
public sealed class EgressServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<(string Line, string? Authorization)> requests = new();
    private readonly IReadOnlyDictionary<string, int> names;
    private readonly string? refuses;
    private readonly Task serving;

    /// <param name="names">The ports on loopback that names lead to; others are answered with 502.</param>
    /// <param name="refuses">A status that everything is answered with instead.</param>
    public EgressServer(IReadOnlyDictionary<string, int> names, string? refuses = null)
    {
        (this.names, this.refuses) = (names, refuses);
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The request lines that it got, with their credentials.</summary>
    public IReadOnlyList<(string Line, string? Authorization)> Requests => [.. requests];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var all = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                all.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                break;
            }
        }

        await Task.WhenAll(all);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var accepted = client;
        try
        {
            // Of a connection that is kept, each request goes to its own receiver.
            var stream = client.GetStream();
            while (await ReadHeadAsync(stream) is { } head && await AnswerAsync(stream, head))
            {
                // The next one.
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // One of both has gone.
        }
    }

    /// <returns>Whether another request may follow.</returns>
    private async Task<bool> AnswerAsync(NetworkStream client, string head)
    {
        var lines = head.Split("\r\n");
        var line = lines[0].Split(' ');
        requests.Enqueue((lines[0], ValueOf(lines, "Proxy-Authorization")));
        var isTunnel = line[0] == "CONNECT";
        var url = new Uri(isTunnel ? $"https://{line[1]}" : line[1]);
        if (refuses is not null || !names.TryGetValue(url.Host, out var port))
        {
            await WriteAsync(client, $"HTTP/1.1 {refuses ?? "502"} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return false;
        }

        using var receiver = new TcpClient();
        await receiver.ConnectAsync(IPAddress.Loopback, port, stop.Token);
        var onward = receiver.GetStream();
        if (isTunnel)
        {
            await WriteAsync(client, "HTTP/1.1 200 Connection established\r\n\r\n");
            await Task.WhenAny(client.CopyToAsync(onward, stop.Token), onward.CopyToAsync(client, stop.Token));
            return false;
        }

        // In origin form, without what is for the proxy alone.
        var target = line[1][(line[1].IndexOf('/', "http://".Length))..];
        var kept = lines.Skip(1).Where(each => !each.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase));
        await WriteAsync(onward, $"{line[0]} {target} HTTP/1.1\r\n{string.Join("\r\n", kept)}\r\n\r\n");
        await CopyAsync(client, onward, LengthOf(lines));
        var answer = (await ReadHeadAsync(onward))!;
        await WriteAsync(client, $"{answer}\r\n\r\n");
        await CopyAsync(onward, client, LengthOf(answer.Split("\r\n")));
        return true;
    }

    /// <returns>Null at the end.</returns>
    private async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, stop.Token) == 1)
        {
            head.Append((char)one[0]);
            if (head.Length >= 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n")
            {
                return head.ToString(0, head.Length - 4);
            }
        }

        return null;
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, int length)
    {
        var body = new byte[length];
        await from.ReadExactlyAsync(body, stop.Token);
        await to.WriteAsync(body, stop.Token);
    }

    private Task WriteAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop.Token).AsTask();

    private static int LengthOf(string[] lines) => ValueOf(lines, "Content-Length") is { } length ? int.Parse(length) : 0;

    private static string? ValueOf(string[] lines, string name) => lines
        .Where(line => line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();
}
