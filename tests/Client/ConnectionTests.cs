using System.Net;
using System.Text;
using ClientLibrary;
using ClientLibrary.Devices;
using ClientLibrary.Live;
using ClientLibrary.Timers;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Client;

/// <summary>How the library repeats requests, reads problems, and reads streams.</summary>
public sealed class ConnectionTests
{
    private const string Timer = """
        {"id":"a","state":"scheduled","dueAt":"2026-01-31T12:00:00Z","createdAt":"2026-01-31T12:00:00Z","url":"u","method":"POST"}
        """;

    private static readonly Uri Service = new("http://127.0.0.1:9/base/");

    [Test]
    public async Task A_create_is_repeated_under_one_key_for_as_long_as_the_service_asks()
    {
        var clock = new FakeTimeProvider();
        using var handler = new ScriptedHandler(
            _ => throw new HttpRequestException("refused"),
            _ => Problem(503, """{"title":"The service is unavailable.","outcome":"unknown"}"""),
            _ => Problem(429, """{"title":"Too many requests."}""", retryAfter: "20"),
            _ => Json(Timer));
        var pauses = new List<TimeSpan>();
        using var connection = new ServiceConnection(
            Service, "key", new() { Handler = handler, Time = clock, Pausing = (_, pause) => pauses.Add(pause) });

        var creating = new TimerClient(connection).CreateAsync(new NewTimer { Url = "u", Delay = TimeSpan.FromHours(36) });
        await Eventually.That(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(100));
                return creating.IsCompleted;
            },
            TimeSpan.FromSeconds(30),
            "it succeeds in the end");

        Assert.That((await creating).Id, Is.EqualTo("a"));
        Assert.That(pauses, Has.Count.EqualTo(3));
        Assert.That(pauses[0], Is.InRange(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200)));
        Assert.That(pauses[1], Is.InRange(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400)));
        Assert.That(pauses[2], Is.EqualTo(TimeSpan.FromSeconds(20)), "as the service asks");
        Assert.That(handler.Requests.Select(request => request.Path).Distinct(), Is.EqualTo(new[] { "/base/api/v1/timers" }));
        Assert.That(handler.Requests.Select(request => request.Key).Distinct().Single(), Is.Not.Null, "each attempt has the same key");
        Assert.That(handler.Requests.Select(request => request.Authorization), Has.All.EqualTo("Bearer key"));
        Assert.That(handler.Requests.Select(request => request.Body), Has.All.EqualTo("""{"url":"u","delay":"P1DT12H"}"""));
    }

    [Test]
    public void A_replay_is_not_repeated_where_it_is_unknown_whether_it_was_done()
    {
        using var handler = new ScriptedHandler(_ => throw new HttpRequestException("refused"));
        using var connection = new ServiceConnection(Service, options: new() { Handler = handler });

        var error = Assert.ThrowsAsync<ServiceUnreachableException>(() => new TimerClient(connection).ReplayAsync("a"));

        Assert.That(error.Message, Is.EqualTo("http://127.0.0.1:9/base cannot be reached: refused"));
        Assert.That(handler.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_request_is_given_up_when_its_time_is_over()
    {
        using var handler = new ScriptedHandler(_ => Problem(503, "<html>", retryAfter: "60"));
        using var connection = new ServiceConnection(Service, options: new() { Handler = handler });

        var error = Assert.ThrowsAsync<ServiceProblemException>(() => new TimerClient(connection).GetAsync("a"));

        Assert.That((error.Status, error.IsTransient, error.RetryAfter), Is.EqualTo(
            (HttpStatusCode.ServiceUnavailable, true, (TimeSpan?)TimeSpan.FromSeconds(60))), "longer than 30 s in all");
        Assert.That(handler.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_problem_names_every_field()
    {
        using var handler = new ScriptedHandler(
            _ => Problem(400, """{"title":"It is not valid.","detail":"Look.","errors":{"url":["is required"],"id":["a","b"]}}"""));
        using var connection = new ServiceConnection(Service, options: new() { Handler = handler });

        var error = Assert.ThrowsAsync<ServiceProblemException>(() => new TimerClient(connection).CreateAsync(new NewTimer { Url = "" }));

        Assert.That(error.Message, Is.EqualTo("400 It is not valid. Look.\n  url is required\n  id a; b"));
        Assert.That(error.Errors["id"], Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void What_is_no_Timers_service_is_told_and_no_address_is_refused()
    {
        using var handler = new ScriptedHandler(_ => Json("<html>"));
        using var connection = new ServiceConnection(Service, options: new() { Handler = handler });

        Assert.ThrowsAsync<ServiceUnreachableException>(() => new TimerClient(connection).GetAsync("a"));
        Assert.Throws<ArgumentException>(() => new ServiceConnection(new Uri("ftp://a")));
        Assert.Throws<ArgumentException>(() => new ServiceConnection(new Uri("/a", UriKind.Relative)));
    }

    [Test]
    public async Task More_events_than_a_request_takes_go_in_several_and_their_results_are_numbered_through()
    {
        await using var app = new HostedStandalone();
        using var http = app.CreateClient();
        using var connection = new ServiceConnection(http.BaseAddress!);
        var noon = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

        var batch = await new DeviceClient(connection).SendAsync(
            Enumerable.Range(0, 2_500).Select(i => new Reading(i == 1_700 ? "" : "d", noon.AddSeconds(i / 2), 1)));

        Assert.That((batch.Accepted, batch.Refused, batch.Results.Count), Is.EqualTo((2_499, 1, 2_500)));
        Assert.That(batch.Results.Select(result => result.Index), Is.EqualTo(Enumerable.Range(0, 2_500)));
        Assert.That(batch.Results.Single(result => result.IsRefused).Index, Is.EqualTo(1_700));
        Assert.That(batch.Results[1_700].Explain(), Does.StartWith("device "));
        Assert.That((await new DeviceClient(connection).GetAsync("d")).Readings, Is.EqualTo(batch.Accepted - batch.Duplicates));
    }

    /// <summary>The cases of the standard's "Interpreting an event stream".</summary>
    [TestCase("data: a\n\n", "message||a")]
    [TestCase("event: change\ndata: a\ndata:b\nid: 7\n\n", "change|7|a\nb")]
    [TestCase("data:  a\r\n\r\n", "message|| a")]
    [TestCase(":comment\n\ndata\n\n", "message||")]
    [TestCase("event: x\n\ndata: a\n\n", "message||a")]
    [TestCase("data: a\n", null)]
    [TestCase("other: x\ndata: a\n\n", "message||a")]
    public async Task Streams_are_read_as_the_standard_says(string text, string? first)
    {
        using var reader = new EventReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), TimeProvider.System, TimeSpan.FromMinutes(1));

        Assert.That(await reader.ReadAsync(default) is { } next ? $"{next.Name}|{next.Id}|{next.Data}" : null, Is.EqualTo(first));
    }

    [Test]
    public async Task A_comment_moves_the_position_and_a_block_that_was_cut_does_not()
    {
        using var reader = new EventReader(
            new MemoryStream("data: a\nid: 1\n\n:\nid: 2\n\ndata: b\nid: 3\n"u8.ToArray()), TimeProvider.System, TimeSpan.FromMinutes(1));

        Assert.That((await reader.ReadAsync(default))!.Value.Data, Is.EqualTo("a"));
        Assert.That(await reader.ReadAsync(default), Is.Null);
        Assert.That(reader.LastEventId, Is.EqualTo("2"));
    }

    [Test]
    public async Task A_stream_that_was_quiet_for_long_is_connected_again()
    {
        var clock = new FakeTimeProvider();
        using var handler = new ScriptedHandler(
            _ => Problem(503, "{}"),
            _ =>
            {
                // Comes back after its only comment, long after the first failure.
                clock.Advance(TimeSpan.FromHours(1));
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(":\nid: 5\n\n") };
            },
            _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("event: snapshot\ndata: {}\n\n") });
        using var connection = new ServiceConnection(Service, options: new() { Handler = handler, Time = clock });

        await using var events = new LiveClient(connection).WatchAsync("x").GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();
        await Eventually.That(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(100));
                return next.IsCompleted;
            },
            TimeSpan.FromSeconds(30),
            "it connects again");

        Assert.That((await next, events.Current.Name, handler.Requests.Count), Is.EqualTo((true, "snapshot", 3)));
    }

    private static HttpResponseMessage Json(string text) =>
        new(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    private static HttpResponseMessage Problem(int status, string text, string? retryAfter = null)
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent(text, Encoding.UTF8, "application/problem+json"),
        };
        if (retryAfter is not null)
        {
            answer.Headers.Add("Retry-After", retryAfter);
        }

        return answer;
    }

    /// <summary>Answers the first request with the first answer, and so on.</summary>
    private sealed class ScriptedHandler(params Func<HttpRequestMessage, HttpResponseMessage>[] answers) : HttpMessageHandler
    {
        public List<(string Path, string? Key, string? Authorization, string? Body)> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add((
                request.RequestUri!.AbsolutePath,
                request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null,
                request.Headers.Authorization?.ToString(),
                request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken)));
            return answers[Requests.Count - 1](request);
        }
    }
}
