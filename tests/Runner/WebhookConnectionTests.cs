using System.Net;
using System.Net.Sockets;
using System.Text;
using Contracts.Timers;
using Microsoft.AspNetCore.Http;
using Runner.Timers.Delivery;
using Tests.Support;

namespace Tests.Runner;

/// <summary>One exchange whose connection is refused, cut off or closed, or carries no HTTP.</summary>
public sealed class WebhookConnectionTests
{
    private Receiver receiver = null!;
    private WebhookExchange exchange = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        receiver = await Receiver.StartAsync();
        exchange = NewExchange();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        exchange.Dispose();
        await receiver.DisposeAsync();
    }

    [Test]
    public async Task RunAsync_cut_off_without_an_answer_may_have_arrived()
    {
        receiver.Answer(AbortAsync);

        var result = await exchange.RunAsync(Timer(receiver.At("/hook")), default);

        Assert.That((result.Status, result.Answered, result.CertainlyUnsent), Is.EqualTo(((int?)null, false, false)));
        Assert.That(result.Error, Is.Not.Empty);
    }

    [TestCase("GET")]
    [TestCase("DELETE")]
    [TestCase("POST")]
    public async Task RunAsync_cut_off_on_a_connection_used_before_is_one_attempt_and_no_more(string method)
    {
        // An HTTP stack may send such a request again by itself, which no attempt would show.
        using var own = NewExchange();
        var timer = Timer(receiver.At("/hook"), method);
        receiver.Answer(null);
        await own.RunAsync(timer, default);
        var before = receiver.Count;
        receiver.Answer(AbortAsync);

        var result = await own.RunAsync(timer, default);

        Assert.That(result.Error, Is.Not.Null);
        Assert.That(receiver.Count - before, Is.EqualTo(1));
    }

    [TestCase("GET")]
    [TestCase("DELETE")]
    [TestCase("POST")]
    public async Task RunAsync_closed_in_order_on_a_connection_used_before_is_one_attempt_and_no_more(string method)
    {
        using var own = NewExchange();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        var timer = Timer(url, method);
        var served = ServeOnceThenCloseAsync(listener);
        await own.RunAsync(timer, default);

        var result = await own.RunAsync(timer, default);

        Assert.That((result.Status, result.CertainlyUnsent), Is.EqualTo(((int?)null, false)));
        Assert.That(result.Error, Does.Contain("ended"));
        await served;
        Assert.That(listener.Pending(), Is.False, "Nobody knocks a second time.");
    }

    [Test]
    public async Task RunAsync_answered_with_a_long_line_that_is_no_status_keeps_its_beginning()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, [.. Enumerable.Repeat((byte)'x', 30_000), .. "\r\n\r\n"u8]);

        var result = await exchange.RunAsync(Timer(new Uri($"http://{listener.LocalEndpoint}/")), default);

        Assert.That(result.Error, Does.Contain("xxx").And.Length.EqualTo(AttemptRecord.KeptErrorCharacters));
        await serving;
    }

    [Test]
    public async Task RunAsync_refused_was_certainly_not_sent()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var port = ((IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();

        var result = await exchange.RunAsync(Timer(new Uri($"http://127.0.0.1:{port}/")), default);

        Assert.That((result.Status, result.Error, result.Answered, result.CertainlyUnsent),
            Is.EqualTo(((int?)null, "connection refused", false, true)));
    }

    private static WebhookExchange NewExchange() => RunnerParts.CreateExchange(Clocks.AtNoon(), new RunnerParts.SwitchedLease());

    private static ClaimedTimer Timer(Uri url, string method = "POST") =>
        RunnerParts.Claimed(Clocks.Noon, new TimerSpec { Url = url, Method = method });

    private static Task AbortAsync(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Answers the first request of a connection; reads the second one whole and closes.</summary>
    private static async Task ServeOnceThenCloseAsync(TcpListener listener)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        var stream = connection.GetStream();
        await ReadRequestAsync(stream);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        await ReadRequestAsync(stream);
    }

    private static async Task AnswerAsync(TcpListener listener, byte[] answer)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        var stream = connection.GetStream();
        await ReadRequestAsync(stream);
        await stream.WriteAsync(answer);
    }

    private static async Task ReadRequestAsync(NetworkStream stream)
    {
        var buffer = new byte[8_192];
        var text = string.Empty;
        do
        {
            text += Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
        }
        while (!text.Contains("\r\n\r\n", StringComparison.Ordinal)
            || (text.StartsWith("POST", StringComparison.Ordinal) && !text.EndsWith('}')));
    }
}
