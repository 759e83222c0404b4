using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Contracts.Common;
using Contracts.Timers;
using Microsoft.AspNetCore.Http;
using Runner.Timers.Delivery;
using Tests.Support;

namespace Tests.Runner;

/// <summary>One exchange with a real receiver: what is sent, and what is made of the answer.</summary>
public sealed class WebhookExchangeTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(300);

    private Receiver receiver = null!;
    private readonly RunnerParts.SwitchedLease lease = new();
    private WebhookExchange exchange = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        receiver = await Receiver.StartAsync();
        exchange = RunnerParts.CreateExchange(Clocks.AtNoon(), lease);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        exchange.Dispose();
        await receiver.DisposeAsync();
    }

    [Test]
    public async Task RunAsync_sends_the_headers_that_every_webhook_carries()
    {
        var timer = Timer() with { DueAt = Clocks.Noon.AddMilliseconds(7), Occurrence = 2, Attempts = 3 };

        var (_, arrival) = await RunAsync(timer);

        Assert.Multiple(() =>
        {
            Assert.That(arrival.WebhookId, Is.EqualTo($"{timer.Key:D}-2"));
            Assert.That(arrival.Headers["webhook-timestamp"], Is.EqualTo("1906545600"));
            Assert.That(arrival.TimerId, Is.EqualTo(timer.Key.ToString("D")));
            Assert.That(arrival.Headers["timer-due-at"], Is.EqualTo("2030-06-01T12:00:00.007Z"));
            Assert.That(arrival.Attempt, Is.EqualTo(4));
            Assert.That(arrival.Headers["user-agent"], Does.StartWith("Timers/"));
            Assert.That(arrival.Method, Is.EqualTo("POST"));
        });
    }

    [Test]
    public async Task RunAsync_without_a_body_sends_the_event_of_its_own()
    {
        var timer = Timer(spec => spec with { OwnId = "order \"17\"" });

        var (_, arrival) = await RunAsync(timer);

        Assert.That(arrival.Headers["content-type"], Is.EqualTo("application/json"));
        Assert.That(arrival.Body, Is.EqualTo(
            """{"type":"timer.fired","timestamp":"2030-06-01T12:00:00.000Z","data":{"timerId":"order \u002217\u0022","occurrence":1}}"""));
    }

    /// <remarks>Routes refuse them; an edited dead letter, or a message that another program put on the log, brings them here.</remarks>
    [TestCase("x-own", "a\r\nx-injected: b")]
    [TestCase("x-own", "a\nx-injected: b")]
    [TestCase("Host", "elsewhere\r\nx-injected: b")]
    [TestCase("x-own: a\r\nx-injected", "b")]
    public async Task RunAsync_sends_nothing_where_a_header_would_begin_another_one(string name, string value)
    {
        var timer = Timer(spec => spec with { Headers = new Dictionary<string, string> { [name] = value } });

        var result = await exchange.RunAsync(timer, default);

        Assert.That(
            (result.Error, result.CertainlyUnsent),
            Is.EqualTo(("a header of the timer has a control character and cannot be sent", true)));
        Assert.That(receiver.Journal.Where(arrival => arrival.WebhookId == timer.WebhookId), Is.Empty);
    }

    [TestCase("""{ "a" : 1.50 }""", true, "application/json")]
    [TestCase("größer\n", false, "text/plain; charset=utf-8")]
    public async Task RunAsync_with_a_body_sends_it_byte_for_byte_with_its_type(string body, bool isJson, string type)
    {
        var (_, arrival) = await RunAsync(Timer(spec => spec with { Body = new RawContent(Encoding.UTF8.GetBytes(body), isJson) }));

        Assert.That((arrival.Body, arrival.Headers["content-type"]), Is.EqualTo((body, type)));
    }

    [Test]
    public async Task RunAsync_with_headers_of_the_client_sends_them_also_in_place_of_the_defaults()
    {
        var headers = new Dictionary<string, string>
        {
            ["x-shop"] = "north, south",
            ["Content-Type"] = "application/vnd.shop+json",
            ["User-Agent"] = "shop/1",
            ["Authorization"] = "Bearer abc",
        };

        var (_, arrival) = await RunAsync(Timer(spec => spec with { Headers = headers }));

        Assert.That(headers.Keys.Select(name => arrival.Headers[name]), Is.EqualTo(headers.Values));
    }

    [TestCase("GET", "")]
    [TestCase("DELETE", "")]
    [TestCase("PUT", "given")]
    [TestCase("PATCH", "given")]
    [TestCase("DELETE", "given")]
    public async Task RunAsync_with_a_method_uses_it(string method, string body)
    {
        var content = body.Length == 0 ? null : new RawContent(Encoding.UTF8.GetBytes(body), IsJson: false);

        var (_, arrival) = await RunAsync(Timer(spec => spec with { Method = method, Body = content }));

        Assert.That((arrival.Method, arrival.Body), Is.EqualTo((method, body)));
    }

    [Test]
    public async Task RunAsync_answered_with_2xx_has_succeeded_and_keeps_the_first_4_KiB()
    {
        var (result, _) = await RunAsync(Timer(), async context =>
        {
            context.Response.StatusCode = 202;
            await context.Response.WriteAsync(new string('a', 4_096) + "b");
        });

        Assert.That((result.Status, result.Error, result.Answered), Is.EqualTo((202, (string?)null, true)));
        Assert.That(Encoding.UTF8.GetString(result.Response.Span), Is.EqualTo(new string('a', 4_096)));
    }

    [TestCase(400)]
    [TestCase(410)]
    [TestCase(503)]
    public async Task RunAsync_answered_otherwise_has_failed_with_the_answer_known(int status)
    {
        var (result, _) = await RunAsync(Timer(), async context =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("why");
        });

        Assert.That((result.Status, result.Error, result.Answered, result.CertainlyUnsent),
            Is.EqualTo((status, $"answered {status}", true, false)));
        Assert.That(result.Response.ToArray(), Is.EqualTo("why"u8.ToArray()));
    }

    [TestCase(301)]
    [TestCase(302)]
    [TestCase(307)]
    public async Task RunAsync_answered_with_a_redirect_has_failed_and_goes_nowhere_else(int status)
    {
        var before = receiver.Count;

        var (result, _) = await RunAsync(Timer(), context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = receiver.At("/elsewhere").ToString();
            return Task.CompletedTask;
        });

        Assert.That(result.Error, Does.Contain("redirects are not followed"));
        Assert.That(receiver.Count - before, Is.EqualTo(1));
    }

    [Test]
    public async Task RunAsync_never_answered_ends_with_the_time_out()
    {
        var (result, _) = await RunAsync(Timer(spec => spec with { Timeout = Soon }), HangAsync);

        Assert.That((result.Status, result.Error), Is.EqualTo(((int?)null, "no complete answer within 0.3 s")));
        Assert.That((result.Answered, result.CertainlyUnsent), Is.EqualTo((false, false)));
    }

    [TestCase(200, null, true)]
    [TestCase(500, "no complete answer within 0.3 s", false)]
    public async Task RunAsync_of_a_body_that_trickles_ends_with_the_time_out_and_succeeds_if_the_status_says_so(
        int status, string? error, bool answered)
    {
        var (result, _) = await RunAsync(Timer(spec => spec with { Timeout = Soon }), async context =>
        {
            context.Response.StatusCode = status;
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync("x", context.RequestAborted);
                await Task.Delay(20, context.RequestAborted);
            }
        });

        Assert.That((result.Status, result.Error, result.Answered), Is.EqualTo((status, error, answered)));
    }

    [TestCase(202, true)]
    [TestCase(503, false)]
    public async Task RunAsync_of_a_body_that_is_cut_short_succeeds_if_the_status_says_so(int status, bool succeeds)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            Assert.That(await stream.ReadAsync(new byte[1_024]), Is.Positive);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Said\r\nContent-Length: 100\r\n\r\nhalf"));
        });
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/hook");

        var result = await exchange.RunAsync(Timer(spec => spec with { Url = url, Method = "GET" }), default);

        await answering;
        Assert.That((result.Status, result.Error is null), Is.EqualTo(((int?)status, succeeds)));
    }

    [TestCase("/a/%2e%2e/b", "/a/%2e%2e/b")]
    [TestCase("/a/../b?c=%7E", "/a/../b?c=%7E")]
    [TestCase("/%7Euser", "/%7Euser")]
    [TestCase("/%zz", "/%zz")]
    [TestCase("/a//b/?q=%7e&r=a%2fb&s=[1]|{2}", "/a//b/?q=%7e&r=a%2fb&s=[1]|{2}")]
    [TestCase("/%7E#part", "/%7E")]
    [TestCase("/ä?ö=%7E", "/%C3%A4?%C3%B6=~")]
    [TestCase("?q=1", "/?q=1")]
    [TestCase("", "/")]
    public async Task RunAsync_calls_the_address_byte_for_byte(string given, string called)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
            var line = await reader.ReadLineAsync();
            await client.GetStream().WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
            return line;
        });
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}{given}");

        var result = await exchange.RunAsync(Timer(spec => spec with { Url = url }), default);

        Assert.That(await answering, Is.EqualTo($"POST {called} HTTP/1.1"));
        Assert.That(result.Status, Is.EqualTo(204));
    }

    [TestCase("http://127.0.0.1:2/a b\r\nX: y/%7E")]
    [TestCase("http://127.0.0.1:2/%7E\u007f")]
    public void An_address_that_came_past_the_checks_cannot_end_the_line(string stored) =>
        Assert.That(RequestTarget.Of(new Uri(stored)).PathAndQuery, Has.None.Matches<char>(letter => letter is <= ' ' or > '~'));

    [Test]
    public async Task RunAsync_of_a_body_without_end_reads_up_to_its_bound_and_leaves()
    {
        var left = new TaskCompletionSource();
        var (result, _) = await RunAsync(Timer(), async context =>
        {
            try
            {
                var chunk = new byte[1_024];
                while (true)
                {
                    await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                    context.RequestAborted.ThrowIfCancellationRequested();
                }
            }
            catch (Exception error) when (error is OperationCanceledException or IOException)
            {
                left.TrySetResult();
            }
        });

        Assert.That((result.Status, result.Error, result.Response.Length), Is.EqualTo((200, (string?)null, 4_096)));
        await left.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task RunAsync_when_the_service_stops_ends_and_says_so()
    {
        using var stop = new CancellationTokenSource();
        receiver.Answer(HangAsync);
        var before = receiver.Count;
        var running = exchange.RunAsync(Timer(), stop.Token);
        await Eventually.That(() => receiver.Count > before, TimeSpan.FromSeconds(10), "the request arrives");

        await stop.CancelAsync();

        Assert.That((await running).Error, Is.EqualTo("the service stopped before the answer was complete"));
    }

    [Test]
    public async Task RunAsync_with_retry_after_understands_seconds_and_dates()
    {
        var (seconds, _) = await RunAsync(Timer(), context => Answer(context, "120"));
        var (date, _) = await RunAsync(
            Timer(), context => Answer(context, Clocks.Noon.AddSeconds(90).ToString("R", CultureInfo.InvariantCulture)));
        var (nonsense, _) = await RunAsync(Timer(), context => Answer(context, "soon"));
        var (endless, _) = await RunAsync(Timer(), context => Answer(context, "999999999999999999999"));

        Assert.That(endless.RetryAfter, Is.EqualTo(TimeSpan.MaxValue), "beyond every bound, not absent");
        Assert.That(
            (seconds.RetryAfter, date.RetryAfter, nonsense.RetryAfter),
            Is.EqualTo(((TimeSpan?)TimeSpan.FromSeconds(120), (TimeSpan?)TimeSpan.FromSeconds(90), (TimeSpan?)null)));

        static Task Answer(HttpContext context, string retryAfter)
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        }
    }

    [TestCase(200, "PT10M", 600)]
    [TestCase(204, " PT0.5S ", 0.5)]
    [TestCase(200, "2030-06-01T12:00:30Z", 30)]
    [TestCase(200, "2030-06-01T11:59:00Z", -60)]
    [TestCase(200, "soon", null)]
    [TestCase(200, "", null)]
    [TestCase(500, "PT10M", null)]
    public async Task RunAsync_understands_a_snooze(int status, string asked, double? seconds)
    {
        var (result, _) = await RunAsync(Timer(), context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["Timer-Snooze"] = asked;
            return Task.CompletedTask;
        });

        Assert.That(result.Snooze?.TotalSeconds, Is.EqualTo(seconds));
    }

    private async Task<(Exchange Result, Arrival Arrival)> RunAsync(ClaimedTimer timer, Func<HttpContext, Task>? answer = null)
    {
        receiver.Answer(answer);
        var result = await exchange.RunAsync(timer, default);
        return (result, receiver.Journal.Last(arrival => arrival.WebhookId == timer.WebhookId));
    }

    private static Task HangAsync(HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted);

    private ClaimedTimer Timer(Func<TimerSpec, TimerSpec>? with = null)
    {
        var spec = new TimerSpec { Url = receiver.At("/hook?a=b") };
        return RunnerParts.Claimed(Clocks.Noon, with is null ? spec : with(spec));
    }
}
