using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>With the heap that a container of 512 MB has, no number of large or slow requests ends the process or wedges it.</summary>
[Parallelizable]
[Category(FaultReport.Category)]
public sealed class MemoryTests
{
    // Three quarters of 512 MB, which .NET takes in such a container.
    private static readonly string[] Limited = ["env", "DOTNET_GCHeapHardLimit=0x18000000"];
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(120);
    private static readonly string Item = $$"""{"url":"http://127.0.0.1:2/","delay":"P20D","body":"{{new string('a', 950)}}"}""";

    [Test]
    public async Task Thirty_two_large_batches_at_once_are_accepted_or_told_to_come_again()
    {
        await using var standalone = new StandaloneProcess();
        await standalone.StartAsync(wait: true, Limited);
        var body = Gzip($"[{string.Join(',', Enumerable.Repeat(Item, 10_000))}]");

        // A busy machine takes its time for 320,000 timers; the test asks what they are answered.
        using var http = new HttpClient { BaseAddress = standalone.Http.BaseAddress, Timeout = TimeSpan.FromMinutes(5) };

        var statuses = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => PostAsync(http, body)));

        Assert.That(standalone.HasExited, Is.False, standalone.Output);
        Assert.That(
            statuses, Is.All.EqualTo(HttpStatusCode.Created).Or.EqualTo(HttpStatusCode.Accepted)
                .Or.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(statuses, Has.Some.Not.EqualTo(HttpStatusCode.ServiceUnavailable));
        await GoesOnAsync(standalone);
    }

    [Test]
    public async Task Two_hundred_half_sent_bodies_take_no_more_than_their_share()
    {
        await using var standalone = new StandaloneProcess();
        await standalone.StartAsync(wait: true, Limited);
        var body = Gzip($"[{string.Join(',', Enumerable.Repeat(Item, 10_000))}]");
        var open = new List<Socket>();
        try
        {
            for (var i = 0; i < 200; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                open.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, standalone.Http.BaseAddress!.Port);
                await socket.SendAsync(Encoding.ASCII.GetBytes(
                    "POST /api/v1/timers/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + $"Content-Encoding: gzip\r\nContent-Length: {body.Length}\r\n\r\n"));
                await socket.SendAsync(body.AsMemory(0, body.Length - 20));
            }

            await GoesOnAsync(standalone);
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }

        await GoesOnAsync(standalone);
    }

    [Test]
    public async Task A_hundred_slow_readers_of_a_list_take_no_more_than_their_share()
    {
        await using var standalone = new StandaloneProcess();
        await standalone.StartAsync(wait: true, Limited);
        var large = $$"""{"url":"http://127.0.0.1:2/","delay":"P20D","body":"{{new string('a', 250_000)}}"}""";
        for (var i = 0; i < 40; i++)
        {
            Assert.That(await PostAsync(standalone.Http, Gzip($"[{large}]")), Is.EqualTo(HttpStatusCode.Created));
        }

        var open = new List<Socket>();
        try
        {
            for (var i = 0; i < 100; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
                open.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, standalone.Http.BaseAddress!.Port);
                await socket.SendAsync("GET /api/v1/timers?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            }

            await GoesOnAsync(standalone);
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }

        await GoesOnAsync(standalone);
    }

    /// <summary>A timer is created and fires.</summary>
    private static async Task GoesOnAsync(StandaloneProcess standalone)
    {
        await using var receiver = await Receiver.StartAsync();
        var timer = Encoding.UTF8.GetBytes($$"""[{"url":"{{receiver.At("/hook")}}","delay":"PT0.1S"}]""");
        await Eventually.That(
            async () => await PostAsync(standalone.Http, Gzip(Encoding.UTF8.GetString(timer))) == HttpStatusCode.Created, MaxWait,
            () => $"a timer is created\n{standalone.Output}");
        await Eventually.That(() => receiver.Count > 0, MaxWait, () => $"it fires\n{standalone.Output}");
        Assert.That(standalone.Output, Does.Not.Contain("OutOfMemory"));
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient http, byte[] gzipped)
    {
        using var content = new ByteArrayContent(gzipped);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await http.PostAsync("/api/v1/timers/batch", content);
        return answer.StatusCode;
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
