using System.Net.WebSockets;
using Tests.Support;

namespace Tests.Producer.Live;

/// <summary>Live streams over WebSockets: the messages of server-sent events, on the same routes.</summary>
public sealed class LiveSocketTests : RestTests
{
    private const string Stream = "/api/v1/revenue/stream";

    [Test]
    public async Task A_socket_is_told_the_same_as_server_sent_events()
    {
        await SendAsync("same", 1);
        using var socket = await OpenAsync($"{Stream}?user=same");
        await using var events = await ServerEvents.OpenAsync(Http, $"{Stream}?user=same");
        var (mine, other) = (await socket.NextAsync(), await events.NextAsync());
        Assert.That((mine.Name, mine.Id, mine.Data), Is.EqualTo((other.Name, other.Id, other.Data)));
        Assert.That(mine.Name, Is.EqualTo("snapshot"));

        await SendAsync("same", 2);
        mine = await socket.NextAsync(IsOfThree);
        other = await events.NextAsync(IsOfThree);
        Assert.That((mine.Name, mine.Id, mine.Data), Is.EqualTo((other.Name, other.Id, other.Data)));
        Assert.That(mine.Name, Is.EqualTo("change"));

        await DeleteAsync("/api/v1/revenue/users/same");
        Assert.That((await socket.NextAsync(next => next.Name == "gone")).Json.GetProperty("id").GetString(), Is.EqualTo("same"));

        static bool IsOfThree(ServerEvent next) => next.Data.Contains("\"total\":\"3\"", StringComparison.Ordinal);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_client_that_comes_back_is_told_what_has_changed_since(bool byHeader)
    {
        var user = $"back-{byHeader}";
        await SendAsync(user, 1);
        string last;
        using (var socket = await OpenAsync($"{Stream}?user={user}"))
        {
            last = (await socket.NextAsync()).Id!;
        }

        await SendAsync(user, 2);
        using var again = byHeader ? await OpenAsync($"{Stream}?user={user}", last)
            : await OpenAsync($"{Stream}?user={user}&lastEventId={last}");

        var change = await again.NextAsync(next => next.Name != "beat");
        Assert.That(change.Name, Is.EqualTo("change"));
        Assert.That(change.Data, Does.Contain("\"total\":\"3\""));
    }

    [Test]
    public async Task Every_stream_can_be_watched_over_a_socket()
    {
        await PostAsync("/api/v1/sites/events", """{"site":"socket.example","type":"page_view","path":"/","user":"u"}""");
        await PostAsync("/api/v1/devices/readings", """{"device":"socket","timestamp":1,"count":1}""");
        foreach (var path in new[] { Stream, "/api/v1/sites/socket.example/stream", "/api/v1/devices/readings/stream?device=socket" })
        {
            using var socket = await OpenAsync(path);
            var snapshot = await socket.NextAsync();
            Assert.That((snapshot.Name, snapshot.Json.GetProperty("items").GetArrayLength()), Is.EqualTo(("snapshot", 1)), path);
        }
    }

    [Test]
    public async Task A_client_that_says_good_bye_is_answered_and_what_it_says_before_is_passed_over()
    {
        using var socket = await OpenAsync($"{Stream}?user=bye");
        await socket.NextAsync();
        await socket.Socket.SendAsync(new byte[10_000], WebSocketMessageType.Text, endOfMessage: true, default);
        await SendAsync("bye", 1);
        await socket.NextAsync(next => next.Name == "change");

        await socket.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.That(
            (socket.Socket.State, socket.Socket.CloseStatus), Is.EqualTo((WebSocketState.Closed, WebSocketCloseStatus.NormalClosure)));
    }

    [Test]
    public void What_is_wrong_is_a_status_before_there_is_a_socket() => Assert.That(
        () => OpenAsync($"{Stream}?tag=x"), Throws.InstanceOf<WebSocketException>().With.Message.Contains("400"));

    [Test]
    public async Task A_service_that_stops_ends_its_sockets()
    {
        using var app = new HostedStandalone();
        using var http = app.CreateClient();
        using var socket = await SocketEvents.OpenAsync(http.BaseAddress!, Stream);
        await socket.NextAsync();

        var stopping = app.Services.GetService(typeof(Microsoft.Extensions.Hosting.IHostApplicationLifetime));
        ((Microsoft.Extensions.Hosting.IHostApplicationLifetime)stopping!).StopApplication();

        // With a good-bye, unless the server has ended the connection first: it stops at the same moment.
        Assert.That(
            async () => await socket.NextAsync(_ => false),
            Throws.InstanceOf<InvalidOperationException>().Or.InstanceOf<WebSocketException>());
        Assert.That(socket.Socket.CloseStatus, Is.Null.Or.EqualTo(WebSocketCloseStatus.EndpointUnavailable));
    }

    private Task<SocketEvents> OpenAsync(string path, string? lastEventId = null) =>
        SocketEvents.OpenAsync(Http.BaseAddress!, path, lastEventId);

    private async Task SendAsync(string user, int value)
    {
        var answer = await PostAsync("/api/v1/revenue/events", new { user, name = "add_revenue", value });
        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
    }
}
