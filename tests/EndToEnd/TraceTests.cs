using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>A trace from the request that creates a timer to the webhook, and the spans that an OTLP collector is sent of it.</summary>
public sealed class TraceTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Span = "00f067aa0ba902b7";

    private Receiver receiver = null!;

    [SetUp]
    public async Task Start() => receiver = await Receiver.StartAsync();

    [TearDown]
    public async Task Stop() => await receiver.DisposeAsync();

    [TestCase("01")]
    [TestCase("00")]
    public async Task The_webhook_goes_on_with_the_trace_of_the_request_and_its_decision_to_sample(string flags)
    {
        await using var standalone = new HostedStandalone();
        using var http = standalone.CreateClient();

        await CreateAsync(http, $"00-{Trace}-{Span}-{flags}");

        var parts = (await ArrivedAsync()).Headers["traceparent"].Split('-');
        Assert.That((parts[0], parts[1], parts[3]), Is.EqualTo(("00", Trace, flags)));
        Assert.That(parts[2], Is.Not.EqualTo(Span).And.Length.EqualTo(16), "a span of its own");
    }

    [TestCase(null)]
    [TestCase("nonsense")]
    public async Task No_trace_is_made_up_where_nobody_is_sent_spans(string? parent)
    {
        await using var standalone = new HostedStandalone();
        using var http = standalone.CreateClient();

        await CreateAsync(http, parent);

        Assert.That((await ArrivedAsync()).Headers.Keys, Has.None.EqualTo("traceparent").IgnoreCase);
    }

    [Test]
    public async Task A_header_that_the_timer_itself_brings_is_left_as_it_is()
    {
        await using var standalone = new HostedStandalone();
        using var http = standalone.CreateClient();
        var own = $"00-{new string('a', 32)}-{new string('b', 16)}-01";

        await CreateAsync(http, $"00-{Trace}-{Span}-01", new Dictionary<string, string> { ["traceparent"] = own });

        Assert.That((await ArrivedAsync()).Headers["traceparent"], Is.EqualTo(own));
    }

    private static Task<StandaloneProcess> StartExportingAsync(Collector collector) => StandaloneProcess.StartNewAsync(
        "--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "--OTEL_BSP_SCHEDULE_DELAY",
        "100");

    [Test]
    public async Task A_collector_is_sent_the_spans_of_the_whole_way()
    {
        await using var collector = await Collector.StartAsync();
        await using var standalone = await StartExportingAsync(collector);

        await CreateAsync(standalone.Http, $"00-{Trace}-{Span}-01");
        await ArrivedAsync();
        await standalone.TerminateAsync();

        Assert.That(collector.Spans(Trace), Is.SupersetOf(["POST /api/v1/timers/", "process timers", "claim timer", "fire timer", "POST"]));
        Assert.That(collector.Paths, Does.Contain("/v1/metrics").And.Contain("/v1/logs"));
    }

    [Test]
    public async Task What_the_exporter_sends_is_not_counted_among_the_webhooks()
    {
        await using var collector = await Collector.StartAsync();
        await using var standalone = await StartExportingAsync(collector);
        await CreateAsync(standalone.Http, $"00-{Trace}-{Span}-01");
        await ArrivedAsync();
        await Eventually.That(() => collector.Spans(Trace).Contains("POST"), TimeSpan.FromSeconds(60), "the webhook's span is sent");

        // The exporter counts what it has sent when the answer is there, which is a moment later.
        await CreateAsync(standalone.Http, $"00-{Trace}-{Span}-01");
        await Eventually.That(() => receiver.Count == 2, TimeSpan.FromSeconds(60), "the second webhook arrives");
        string[] counted = [];
        await Eventually.That(
            async () =>
            {
                var metrics = await standalone.Http.GetStringAsync("/metrics");
                counted = [.. metrics.Split('\n')
                    .Where(line => line.StartsWith("http_client_request_duration_seconds_count", StringComparison.Ordinal))];
                return counted.Sum(line => double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)) >= 2;
            },
            TimeSpan.FromSeconds(60),
            "both are counted");
        Assert.That(counted, Has.Length.EqualTo(1).And.All.Contains(" 2"), string.Join('\n', counted));
    }

    [Test]
    public async Task A_call_of_redis_belongs_to_the_trace_of_its_request()
    {
        await using var collector = await Collector.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync(
            "--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
            "--ConnectionStrings:Redis", Engine.Address("redis"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/timers/{Guid.NewGuid()}");
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{Trace}-{Span}-01");

        using var answer = await standalone.Http.SendAsync(request);
        await standalone.TerminateAsync();

        Assert.That(collector.Spans(Trace), Does.Contain("GET").And.Contain("GET /api/v1/timers/{id}"));
    }

    private async Task CreateAsync(HttpClient http, string? parent, Dictionary<string, string>? headers = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/timers")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { url = receiver.At("/hook"), delay = "PT0.2S", headers }),
        };
        if (parent is not null)
        {
            request.Headers.TryAddWithoutValidation("traceparent", parent);
        }

        using var answer = await http.SendAsync(request);
        Assert.That((int)answer.StatusCode, Is.InRange(200, 299), await answer.Content.ReadAsStringAsync());
    }

    private async Task<Arrival> ArrivedAsync()
    {
        await Eventually.That(() => receiver.Count == 1, TimeSpan.FromSeconds(60), "the webhook arrives");
        return receiver.Journal[0];
    }

    /// <summary>Takes what an OTLP exporter sends over HTTP.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, byte[] Body)> requests = new();
        private readonly WebApplication app;

        private Collector()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            app = builder.Build();
            app.Run(KeepAsync);
        }

        public string Url => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        public IEnumerable<string> Paths => requests.Select(request => request.Path).Distinct(StringComparer.Ordinal);

        public static async Task<Collector> StartAsync()
        {
            var collector = new Collector();
            await collector.app.StartAsync();
            return collector;
        }

        /// <summary>The names of a trace's spans.</summary>
        public IReadOnlyList<string> Spans(string trace) =>
        [
            .. requests.Where(request => request.Path == "/v1/traces")
                .SelectMany(request => Protobuf.Parts(request.Body, field: 1))
                .SelectMany(resource => Protobuf.Parts(resource, field: 2))
                .SelectMany(scope => Protobuf.Parts(scope, field: 2))
                .Where(span => Convert.ToHexStringLower(Protobuf.Parts(span, field: 1).Single()) == trace)
                .Select(span => Encoding.UTF8.GetString(Protobuf.Parts(span, field: 5).Single())),
        ];

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task KeepAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            requests.Enqueue((context.Request.Path, body.ToArray()));
        }
    }

    /// <summary>As much of protobuf's wire format as finds parts by their numbers (opentelemetry/proto/trace/v1/trace.proto).</summary>
    private static class Protobuf
    {
        private const int Varint = 0;
        private const int Fixed64 = 1;
        private const int Delimited = 2;

        public static IEnumerable<byte[]> Parts(byte[] message, int field)
        {
            for (var at = 0; at < message.Length;)
            {
                var tag = ReadVarint(message, ref at);
                var length = (tag & 7) switch
                {
                    Varint => ReadVarint(message, ref at) * 0,
                    Fixed64 => sizeof(long),
                    Delimited => ReadVarint(message, ref at),
                    _ => sizeof(int),
                };
                if (tag >> 3 == field && (tag & 7) == Delimited)
                {
                    yield return message[at..(at + length)];
                }

                at += length;
            }
        }

        private static int ReadVarint(byte[] message, ref int at)
        {
            long value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var next = message[at++];
                value |= (long)(next & 0x7F) << shift;
                if (next < 0x80)
                {
                    return (int)value;
                }
            }
        }
    }
}
