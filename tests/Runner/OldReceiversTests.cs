using System.Net;
using System.Net.Sockets;
using System.Text;
using Contracts.Timers;
using Runner.Timers.Delivery;
using Runner.Timers.Receivers;
using Tests.Support;

namespace Tests.Runner;

/// <summary>Receivers of HTTP/1.0, which close a connection after its answer without saying so, as Python's http.server does.</summary>
public sealed class OldReceiversTests
{
    private const string Body = """{"a":1}""";

    [TestCase(1)]
    [TestCase(8)]
    [TestCase(4_096)]
    public async Task A_connection_of_theirs_is_used_once(int piece)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var connections = 0;
        var serving = ServeAsync(listener, piece, () => connections++, stop.Token);
        using var exchange = RunnerParts.CreateExchange(Clocks.AtNoon(), new RunnerParts.SwitchedLease());
        var timer = RunnerParts.Claimed(Clocks.Noon, new TimerSpec { Url = new Uri($"http://{listener.LocalEndpoint}/"), Method = "POST" });

        var results = new List<Exchange>();
        for (var i = 0; i < 20; i++)
        {
            results.Add(await exchange.RunAsync(timer, default));
        }

        await stop.CancelAsync();
        await serving;
        Assert.That(results.Select(result => (result.Status, result.Error)), Is.All.EqualTo(((int?)200, (string?)null)));
        Assert.That(results.Select(result => Encoding.ASCII.GetString(result.Response.Span)), Is.All.EqualTo(Body));
        Assert.That(connections, Is.EqualTo(20));
    }

    [TestCase("HTTP/1.0 200 OK\r\nA: 1\r\n\r\nbody", "HTTP/1.0 200 OK\r\nConnection: close\r\nA: 1\r\n\r\nbody")]
    [TestCase("HTTP/1.0 200\n\n", "HTTP/1.0 200\nConnection: close\r\n\n")]
    [TestCase("HTTP/1.0 200 OK\r\n\r\nHTTP/1.0 2\n", "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nHTTP/1.0 2\n")]
    [TestCase("HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n")]
    [TestCase("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 2\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 2\n")]
    [TestCase("HTTP/1.", "HTTP/1.")]
    [TestCase("HTTP/1.0 200 OK", "HTTP/1.0 200 OK")]
    [TestCase("", "")]
    public async Task The_first_status_line_of_that_version_is_followed_by_what_it_means(string sent, string read)
    {
        foreach (var (piece, room) in new[] { (1, 1), (1, 64), (7, 3), (64, 1), (64, 20), (64, 4_096) })
        {
            using var connection = new PiecesStream(Encoding.ASCII.GetBytes(sent), piece);
            var first = new FirstAnswer();
            var buffer = new byte[room];
            var all = new MemoryStream();
            Assert.That(await first.ReadAsync(connection, Memory<byte>.Empty, default), Is.Zero);
            for (int count; (count = await ReadAsync(first, connection, buffer)) > 0;)
            {
                all.Write(buffer, 0, count);
            }

            Assert.That(Encoding.ASCII.GetString(all.ToArray()), Is.EqualTo(read), $"pieces of {piece}, room for {room}");
        }
    }

    private static async Task<int> ReadAsync(FirstAnswer first, Stream connection, byte[] buffer) =>
        first.IsRead ? await connection.ReadAsync(buffer) : await first.ReadAsync(connection, buffer, default);

    /// <summary>Answers each connection once, in pieces, and closes it a little later: long enough for a client to write again.</summary>
    private static async Task ServeAsync(TcpListener listener, int piece, Action accepted, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptTcpClientAsync(stop);
                connection.NoDelay = true;
                accepted();
                var stream = connection.GetStream();
                var request = new byte[8_192];
                for (var length = 0; !Encoding.ASCII.GetString(request, 0, length).EndsWith('}');)
                {
                    length += await stream.ReadAsync(request.AsMemory(length), stop);
                }

                var answer = Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
                for (var at = 0; at < answer.Length; at += piece)
                {
                    await stream.WriteAsync(answer.AsMemory(at, Math.Min(piece, answer.Length - at)), stop);
                }

                await Task.Delay(5, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private sealed class PiecesStream(byte[] content, int piece) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
