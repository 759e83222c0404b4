using System.Net;
using System.Net.Sockets;
using System.Text;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Faults of clients are answered with 400 or end the connection; they are no defects of the service.</summary>
[Parallelizable]
public sealed class ClientFaultTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);
    private static readonly string[] Routes = ["/api/v1/timers", "/api/v1/timers/batch", "/api/v1/timers/replay", "/api/v1/timer"];

    /// <summary>What follows the request's first line and host.</summary>
    private static readonly (string Name, string Content, SocketShutdown? Ends)[] Faults =
    [
        ("a body that is cut short", "Content-Length: 1000\r\n\r\n{\"url\":", SocketShutdown.Send),
        ("no body at all", "Content-Length: 1000\r\n\r\n", SocketShutdown.Send),
        ("a chunk size that is none", "Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n", null),
        ("a chunk size beyond all bounds", "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{}", null),
        ("a chunk that is longer than it says", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\"a\":1}\r\n0\r\n\r\n", null),
        ("chunks that do not end", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", SocketShutdown.Send),
        ("gzip that is none", "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", null),
        ("two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", null),
        ("a length that is no number", "Content-Length: two\r\n\r\n{}", null),
    ];

    [Test]
    public async Task A_malformed_request_is_a_400_or_the_end_of_its_connection()
    {
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var answers = new List<string>();
        foreach (var route in Routes)
        {
            foreach (var (name, rest, ends) in Faults)
            {
                var status = await StatusAsync(standalone, route, rest, ends);
                if (status is not (null or 400 or 411 or 413))
                {
                    answers.Add($"{route}, {name}: {status}");
                }
            }
        }

        Assert.That(answers, Is.Empty, standalone.Output);
        await IsUnharmedAsync(standalone);
    }

    [Test]
    public async Task A_client_that_resets_its_connection_leaves_nothing_behind()
    {
        await using var standalone = await StandaloneProcess.StartNewAsync();
        foreach (var route in Routes)
        {
            foreach (var rest in new[]
                { "Content-Length: 1000\r\n\r\n{\"url\":", "Transfer-Encoding: chunked\r\n\r\n2\r\n{", "Content-Le" })
            {
                using var client = await SendAsync(standalone, route, rest);
                await Task.Delay(TimeSpan.FromMilliseconds(20));

                // Sends a reset instead of an end.
                client.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }

        await IsUnharmedAsync(standalone);
    }

    /// <summary>It serves, and its log speaks of no defect and no warning.</summary>
    private static async Task IsUnharmedAsync(StandaloneProcess standalone)
    {
        using var ready = await standalone.Http.GetAsync("/health/ready");
        Assert.That(ready.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await standalone.TerminateAsync();
        Assert.That(standalone.ExitCode, Is.Zero);
        Assert.That(standalone.Output, Does.Not.Contain("   at ").And.Not.Contain("warn:").And.Not.Contain("fail:"));
    }

    /// <summary>The status of the answer; null if the connection ended without one.</summary>
    private static async Task<int?> StatusAsync(StandaloneProcess standalone, string route, string rest, SocketShutdown? ends)
    {
        using var client = await SendAsync(standalone, route, rest);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        if (ends is { } end)
        {
            client.Client.Shutdown(end);
        }

        try
        {
            var line = await reader.ReadLineAsync().WaitAsync(MaxWait);
            return line is null ? null : int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task<TcpClient> SendAsync(StandaloneProcess standalone, string route, string rest)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, standalone.Http.BaseAddress!.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(
            $"POST {route} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{rest}"));
        return client;
    }
}
