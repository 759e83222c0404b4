using System.Net.Sockets;
using System.Text.Json;
using ClientLibrary;
using ClientLibrary.Devices;
using ClientLibrary.Live;
using Tests.Support;

namespace Tests.Client;

/// <summary>timers tail, and the live streams of the library, against the real application.</summary>
public sealed class TailCommandTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [TestCase("devices")]
    [TestCase("devices", "--device", "d1")]
    [TestCase("sites", "example.org")]
    [TestCase("revenue")]
    [TestCase("revenue", "--user", "user-1")]
    [TestCase("items", "transfers", "day")]
    [TestCase("timers")]
    [TestCase("timers", "--timer", "t1")]
    [TestCase("timers", "--tag", "orders")]
    public async Task Each_stream_begins_with_a_snapshot(params string[] stream)
    {
        await using var app = new HostedStandalone();
        using var http = app.CreateClient();

        var run = await CommandRun.OnAsync(http.BaseAddress, ["tail", .. stream, "--count", "1", "--json"]);

        Assert.That(run.Code, Is.Zero, run.Errors);
        var first = JsonElement.Parse(run.Lines.Single());
        Assert.That(first.GetProperty("event").GetString(), Is.EqualTo("snapshot"));
        Assert.That(first.GetProperty("data").GetProperty("items").ValueKind, Is.EqualTo(JsonValueKind.Array));
    }

    [Test]
    public async Task What_happens_is_printed_and_since_tells_what_was_missed()
    {
        await using var app = new HostedStandalone();
        using var http = app.CreateClient();
        using var connection = new ServiceConnection(http.BaseAddress!);
        await new DeviceClient(connection).SendAsync([new Reading("d1", Noon, 1)]);
        var snapshot = await CommandRun.OnAsync(http.BaseAddress, "tail", "devices", "--count", "1", "--json");
        var seen = JsonElement.Parse(snapshot.Output).GetProperty("id").GetString()!;

        await new DeviceClient(connection).SendAsync([new Reading("d2", Noon, 5)]);
        var missed = await CommandRun.OnAsync(http.BaseAddress, "tail", "devices", "--since", seen, "--count", "1");

        Assert.That(missed.Output, Does.Match("^20[0-9:T.-]+Z change   \\{\"id\":\"d2\",").And.Contain("\"cumulativeCount\":5"));
        Assert.That((await CommandRun.OnAsync(http.BaseAddress, "tail", "items", "nothing", "day")).Code, Is.EqualTo(1));
    }

    [Test]
    public async Task A_stream_that_is_cut_goes_on_where_it_was()
    {
        await using var app = new HostedStandalone();
        using var http = app.CreateClient();
        using var writing = new ServiceConnection(http.BaseAddress!);
        using var cutting = new CuttingHandler();
        using var reading = new ServiceConnection(
            http.BaseAddress!, options: new() { Handler = cutting, Retries = new() { FirstPause = TimeSpan.FromMilliseconds(1) } });
        var devices = new DeviceClient(reading);
        await using var stream = devices.WatchAsync().GetAsyncEnumerator();
        await NextAsync(stream);
        for (var count = 1; count <= 4; count++)
        {
            // Cut each time, before the change or after it, so that it comes as one or is replayed as one that was missed.
            cutting.Cut();
            await new DeviceClient(writing).SendAsync([new Reading($"d{count}", Noon, count)]);
            Assert.That((await NextAsync(stream)).Data.GetProperty("id").GetString(), Is.EqualTo($"d{count}"));
        }

        Assert.That(cutting.LastEventIds, Has.Count.GreaterThanOrEqualTo(4));
        Assert.That(cutting.LastEventIds[0], Is.Null);
        Assert.That(cutting.LastEventIds.Skip(1), Has.All.Not.Null, "it says where it was");

        static async Task<LiveEvent> NextAsync(IAsyncEnumerator<LiveEvent> stream)
        {
            Assert.That(await stream.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)), Is.True);
            return stream.Current;
        }
    }

    /// <summary>Connects as usual, and can cut what it has connected.</summary>
    private sealed class CuttingHandler : DelegatingHandler
    {
        private volatile Socket? open;

        public CuttingHandler() => InnerHandler = new SocketsHttpHandler { ConnectCallback = ConnectAsync };

        /// <summary>What each request said of where it was.</summary>
        public List<string?> LastEventIds { get; } = [];

        public void Cut() => open!.Close(timeout: 0);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            LastEventIds.Add(request.Headers.TryGetValues("Last-Event-ID", out var ids) ? ids.Single() : null);
            return await base.SendAsync(request, cancellationToken);
        }

        private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            open = socket;
            return new NetworkStream(socket, ownsSocket: true);
        }
    }
}
