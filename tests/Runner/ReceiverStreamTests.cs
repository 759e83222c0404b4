using System.Net;
using System.Net.Sockets;
using System.Text;
using Contracts.Timers;
using Runner.Timers.Receivers;
using Tests.Support;

namespace Tests.Runner;

/// <summary>A receiver's connection that ends, or says something unasked, before an exchange has written to it.</summary>
public sealed class ReceiverStreamTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);
    private readonly RunnerParts.SwitchedLease lease = new();
    private readonly ReceiverConnections connections = new(new HostLookups(TimeProvider.System), limit: 10);
    private TcpListener listener = null!;
    private Socket receiver = null!;
    private ReceiverSocket socket = null!;
    private ReceiverStream stream = null!;

    [SetUp]
    public async Task Connect()
    {
        listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        socket = await connections.ConnectAsync(new DnsEndPoint("127.0.0.1", port), default);
        receiver = await listener.AcceptSocketAsync();
        stream = new ReceiverStream(socket, socket, connections);
    }

    [TearDown]
    public async Task Close()
    {
        receiver.Dispose();
        await stream.DisposeAsync();
        listener.Dispose();
    }

    [Test]
    public async Task The_first_exchange_and_the_next_ones_write()
    {
        for (var i = 0; i < 3; i++)
        {
            var exchange = new SendPermit(lease, Guid.Empty);
            await WriteAsync(exchange);
            exchange.End();

            Assert.That((exchange.HasWritten, exchange.WasBroken), Is.EqualTo((true, false)));
            Assert.That(await receiver.ReceiveAsync(new byte[64]), Is.EqualTo(2));
            Assert.That(socket.Sent, Is.EqualTo(2 * (i + 1)));
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Nothing_is_written_after_a_surplus_answer_or_the_receivers_end(bool isAnswer)
    {
        await WriteAsync(new SendPermit(lease, Guid.Empty));
        if (isAnswer)
        {
            await receiver.SendAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
        }
        else
        {
            receiver.Shutdown(SocketShutdown.Send);
        }

        await Eventually.That(() => socket.HasUnread, MaxWait, "it has arrived");
        var next = new SendPermit(lease, Guid.Empty);

        Assert.That(() => WriteAsync(next), Throws.InstanceOf<IOException>());
        Assert.That((next.HasWritten, next.WasBroken, next.WasClosed), Is.EqualTo((false, true, false)));
        Assert.That(connections.Open, Is.Zero);
    }

    [Test]
    public async Task A_write_that_fails_before_its_first_byte_says_so()
    {
        var exchange = new SendPermit(lease, Guid.Empty);
        receiver.Close(timeout: 0);
        await Eventually.That(() => socket.HasUnread, MaxWait, "the reset has arrived");

        Assert.That(() => WriteAsync(exchange), Throws.InstanceOf<IOException>());
        Assert.That((exchange.HasWritten, exchange.WasBroken), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task A_write_that_fails_after_another_one_may_have_arrived()
    {
        var exchange = new SendPermit(lease, Guid.Empty);
        await WriteAsync(exchange);
        receiver.Close(timeout: 0);
        await Eventually.That(() => socket.HasUnread, MaxWait, "the reset has arrived");

        Assert.That(() => WriteAsync(exchange), Throws.InstanceOf<IOException>());
        Assert.That((exchange.HasWritten, exchange.WasBroken), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task An_exchange_writes_to_one_connection_only()
    {
        var exchange = new SendPermit(lease, Guid.Empty);
        await WriteAsync(exchange);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var other = await connections.ConnectAsync(new DnsEndPoint("127.0.0.1", port), default);
        await using var second = new ReceiverStream(other, other, connections);

        Assert.That(() => WriteAsync(exchange, second), Throws.InstanceOf<IOException>());
        Assert.That((exchange.HasWritten, other.Sent), Is.EqualTo((true, 0L)));
    }

    [TestCase("GET", null, "")]
    [TestCase("DELETE", null, "")]
    [TestCase("GET", "Content-Type", "Content-Length: 0")]
    [TestCase("GET", "X-Own", "")]
    public async Task A_webhook_without_a_body_has_no_length_where_it_would_mean_nothing(string method, string? header, string length)
    {
        using var exchange = RunnerParts.CreateExchange(Clocks.AtNoon(), lease);
        var url = new Uri($"http://{listener.LocalEndpoint}/");
        var headers = header is null ? null : new Dictionary<string, string> { [header] = "text/plain" };
        var sending = exchange.RunAsync(
            RunnerParts.Claimed(Clocks.Noon, new TimerSpec { Url = url, Method = method, Headers = headers }), default);
        using var accepted = await listener.AcceptSocketAsync();
        var request = string.Empty;
        var buffer = new byte[4_096];
        while (!request.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            request += Encoding.ASCII.GetString(buffer, 0, await accepted.ReceiveAsync(buffer));
        }

        await accepted.SendAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());

        Assert.That((await sending).Status, Is.EqualTo(204));
        var lines = request.Split("\r\n");
        Assert.That(
            lines.Where(line => line.StartsWith("Content-Length", StringComparison.Ordinal)
                || line.StartsWith("Transfer", StringComparison.Ordinal)),
            Is.EqualTo(length.Length == 0 ? [] : new[] { length }));
        Assert.That(header is null || lines.Contains($"{header}: text/plain"), Is.True);
    }

    private Task WriteAsync(SendPermit exchange) => WriteAsync(exchange, stream);

    private static async Task WriteAsync(SendPermit exchange, Stream to)
    {
        exchange.Enter();
        try
        {
            await to.WriteAsync("hi"u8.ToArray());
        }
        finally
        {
            SendPermit.Exit();
        }
    }
}
