using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Tests.Producer.Devices;

/// <summary>POST /api/v1/devices/readings: forms of bodies, results, repetitions.</summary>
public sealed class PostReadingsTests : RestTests
{
    private const string Route = "/api/v1/devices/readings";
    private const string Ndjson = "application/x-ndjson";
    private static int made;

    private static string NewDevice() => $"post-{Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture)}";

    [Test]
    public async Task One_reading_is_201_and_its_repetition_200_marked_as_a_duplicate()
    {
        var device = NewDevice();
        var body = new { device, timestamp = "2023-01-01T00:00:00Z", count = 3, eventId = "e-1" };

        var first = await PostAsync(Route, body);
        var second = await PostAsync(Route, body);

        Assert.That(
            (first.Status, first["eventId"], first["status"], first["retryable"]), Is.EqualTo((201, "e-1", "201", "False")), first.Text);
        Assert.That((second.Status, second["duplicate"]), Is.EqualTo((200, "True")), second.Text);
        Assert.That((await GetAsync(first.Headers.Location!.ToString())).Json.GetProperty("items")[0].GetProperty("count").GetInt32(),
            Is.EqualTo(3));
        var tracked = await GetAsync($"/api/v1/events/{first.Headers.GetValues("X-Tracking-Id").Single()}");
        Assert.That(tracked["state"], Is.EqualTo("applied"));
        Assert.That((await GetAsync($"/api/v1/events/{second["trackingId"]}"))["state"], Is.EqualTo("duplicate"));
        Assert.That((await GetAsync($"/api/v1/devices/{device}"))["cumulativeCount"], Is.EqualTo("3"));
    }

    [Test]
    public async Task Without_an_id_the_service_gives_one_and_an_idempotency_key_stands_for_it()
    {
        var device = NewDevice();
        var given = await PostAsync(Route, new { device, timestamp = 1, count = 1 });
        var keyed = await PostAsync(Route, new { device, timestamp = 2, count = 1 }, ("Idempotency-Key", "k-1"));
        var many = await PostAsync(Route, new[] { new { device, timestamp = 3, count = 1 } }, ("Idempotency-Key", "k-2"));

        Assert.That(Guid.Parse(given["eventId"]).Version, Is.EqualTo(7));
        Assert.That(keyed["eventId"], Is.EqualTo("k-1"));
        Assert.That(many.Json.GetProperty("results")[0].GetProperty("eventId").GetString(), Is.EqualTo("k-2/0"));
        (await PostAsync(Route, "{}", ("Idempotency-Key", "a b"))).AssertWrong("Idempotency-Key");
    }

    [TestCase("application/json", "[", ",", "]")]
    [TestCase(Ndjson, "", "\n", "")]
    [TestCase(Ndjson, "\n \n", "\r\n\n", "\n")]
    public async Task Many_are_answered_one_by_one_in_order(string type, string begin, string between, string end)
    {
        var device = NewDevice();
        string[] items =
        [
            $$"""{"device":"{{device}}","timestamp":"2023-01-01T00:00:00Z","count":1}""",
            $$"""{"device":"{{device}}","timestamp":"2023-01-01T00:00:00Z","count":2}""",
            $$"""{"device":"{{device}}","timestamp":"2023-01-01","count":2}""",
            """{"device":"","timestamp":5}""",
            "7",
            $$"""{"device":"{{device}}b","timestamp":"2023-01-01T00:00:00Z","count":5}""",
        ];

        var answer = await SendAsync(HttpMethod.Post, Route, Content(begin + string.Join(between, items) + end, type));

        Assert.That(
            (answer.Status, answer["accepted"], answer["duplicates"], answer["refused"]), Is.EqualTo((207, "3", "1", "3")), answer.Text);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.That(results.Select(each => each.GetProperty("status").GetInt32()), Is.EqualTo(new[] { 201, 200, 400, 400, 400, 201 }));
        Assert.That(results.Select(each => each.GetProperty("index").GetInt32()), Is.EqualTo(Enumerable.Range(0, 6)));
        Assert.That(
            results[3].GetProperty("errors").EnumerateObject().Select(each => each.Name), Is.EquivalentTo(new[] { "device", "count" }));
        Assert.That((await GetAsync($"/api/v1/devices/{device}"))["cumulativeCount"], Is.EqualTo("1"));
    }

    [Test]
    public async Task All_good_is_201_and_all_bad_400()
    {
        var good = await PostAsync(Route, new[] { new { device = NewDevice(), timestamp = 1, count = 1 } });
        var bad = await PostAsync(Route, "[{},{}]");

        Assert.That((good.Status, bad.Status, bad["refused"]), Is.EqualTo((201, 400, "2")));
    }

    [Test]
    public async Task A_request_of_ten_thousand_of_one_device_is_stored_whole_and_one_more_is_refused()
    {
        var device = NewDevice();
        var items = Enumerable.Range(0, 10_000).Select(i => new { device, timestamp = i, count = 1 }).ToArray();

        var answer = await PostAsync(Route, items);
        Assert.That((answer.Status, answer["accepted"]), Is.EqualTo((201, "10000")));
        Assert.That((await GetAsync($"/api/v1/devices/{device}"))["readings"], Is.EqualTo("10000"));
        var again = await PostAsync(Route, items);
        Assert.That((again.Status, again["duplicates"]), Is.EqualTo((201, "10000")));
        (await PostAsync(Route, items.Append(items[0]))).AssertWrong("$");
    }

    [TestCase("application/json")]
    [TestCase("application/cloudevents-batch+json")]
    public async Task An_empty_array_and_an_empty_batch_are_accepted(string type)
    {
        var answer = await SendAsync(HttpMethod.Post, Route, Content(" [ ] ", type));

        Assert.That((answer.Status, answer.Text), Is.EqualTo((200, """{"accepted":0,"duplicates":0,"refused":0,"results":[]}""")));
    }

    [Test]
    public async Task A_gzip_body_of_several_members_is_read_to_its_end_and_a_truncated_one_is_refused()
    {
        var device = NewDevice();
        byte[] body =
        [
            .. await PackAsync($$"""{"device":"{{device}}","timestamp":1,"count":1}""" + "\n"), .. await PackAsync(string.Empty),
            .. await PackAsync($$"""{"device":"{{device}}","timestamp":2,"count":2}"""),
        ];

        for (var cut = 1; cut < body.Length; cut++)
        {
            var status = (await SendPackedAsync(body[..^cut])).Status;
            Assert.That(status, IsBetweenMembers(body.Length - cut) ? Is.EqualTo(201) : Is.EqualTo(400), $"{cut} bytes are missing");
        }

        Assert.That((await SendPackedAsync(body)).Status, Is.EqualTo(201));
        Assert.That((await GetAsync($"/api/v1/devices/{device}"))["cumulativeCount"], Is.EqualTo("3"));
        Assert.That((await SendPackedAsync([.. body, 1, 2, 3])).Status, Is.EqualTo(400));

        // What is cut between two members is whole as far as gzip is concerned.
        bool IsBetweenMembers(int length) => length > 0 && length < body.Length
            && body.AsSpan(length).StartsWith(new byte[] { 0x1f, 0x8b, 8, 0 });

        async Task<Answer> SendPackedAsync(byte[] packed)
        {
            var content = Content(packed, Ndjson)!;
            content.Headers.ContentEncoding.Add("gzip");
            return await SendAsync(HttpMethod.Post, Route, content);
        }

        static async Task<byte[]> PackAsync(string text)
        {
            using var packed = new MemoryStream();
            await using (var packing = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                await packing.WriteAsync(Encoding.UTF8.GetBytes(text));
            }

            return packed.ToArray();
        }
    }

    [TestCase("gzip")]
    [TestCase("br")]
    public async Task Compressed_bodies_are_accepted_and_truncated_ones_refused(string encoding)
    {
        var device = NewDevice();
        var lines = string.Join('\n', Enumerable.Range(0, 200).Select(i => $$"""{"device":"{{device}}","timestamp":{{i}},"count":1}"""));
        using var packed = new MemoryStream();
        await using (Stream packing = encoding == "br" ? new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true)
            : new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await packing.WriteAsync(Encoding.UTF8.GetBytes(lines));
        }

        Assert.That((await SendPackedAsync(packed.ToArray()[..^9])).Status, Is.EqualTo(400));
        Assert.That((await GetAsync($"/api/v1/devices/{device}")).Status, Is.EqualTo(404));
        Assert.That((await SendPackedAsync(packed.ToArray())).Status, Is.EqualTo(201));
        Assert.That((await SendPackedAsync(Encoding.ASCII.GetBytes("this is not compressed at all"))).Status, Is.EqualTo(400));

        using var bomb = new MemoryStream();
        await using (Stream packing = encoding == "br" ? new BrotliStream(bomb, CompressionLevel.Optimal, leaveOpen: true)
            : new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            await packing.WriteAsync(new byte[11 * 1024 * 1024]);
        }

        Assert.That((await SendPackedAsync(bomb.ToArray())).Status, Is.EqualTo(413));

        async Task<Answer> SendPackedAsync(byte[] body)
        {
            var content = Content(body, Ndjson)!;
            content.Headers.ContentEncoding.Add(encoding);
            return await SendAsync(HttpMethod.Post, Route, content);
        }
    }

    [Test]
    public async Task CloudEvents_are_accepted_structured_in_batches_and_binary()
    {
        var device = NewDevice();
        string Event(int at, string extra = "") => $$"""
            {"specversion":"1.0","id":"{{at}}","source":"/gateway","type":"device.reading","subject":"{{device}}",
             "time":"2023-01-01T00:00:0{{at}}Z","data":{"count":{{at}}{{extra}}} }
            """;

        var structured = await SendAsync(HttpMethod.Post, Route, Content(Event(1), "application/cloudevents+json; charset=utf-8"));
        var batch = await SendAsync(
            HttpMethod.Post, Route, Content($"[{Event(2)},{Event(3, ",\"timestamp\":\"2023-01-01T00:00:09Z\"")},{{}}]",
                "application/cloudevents-batch+json"));
        var binary = await SendAsync(
            HttpMethod.Post, Route, Content("""{"count":4}"""), ("ce-specversion", "1.0"), ("ce-id", "4"), ("ce-source", "/gateway"),
            ("ce-type", "device.reading"), ("ce-subject", Uri.EscapeDataString(device)), ("ce-time", "2023-01-01T00:00:04Z"));

        Assert.That((structured.Status, structured["eventId"]), Is.EqualTo((201, "/gateway 1")), structured.Text);
        Assert.That((batch.Status, batch["accepted"]), Is.EqualTo((207, "2")), batch.Text);
        Assert.That(batch.Json.GetProperty("results")[2].GetProperty("errors").EnumerateObject().Select(each => each.Name),
            Is.EquivalentTo(new[] { "specversion", "id", "source", "type", "data" }));
        Assert.That(binary.Status, Is.EqualTo(201), binary.Text);
        Assert.That((await GetAsync($"/devices/{device}")).Text, Does.StartWith(
            """{"data":{"2023-01-01T00:00:01Z":1,"2023-01-01T00:00:02Z":2,"2023-01-01T00:00:04Z":4,"2023-01-01T00:00:09Z":3},"""));
        (await SendAsync(HttpMethod.Post, Route, Content("{}"), ("ce-specversion", "0.3"))).AssertWrong("ce-specversion");
    }

    [Test]
    public async Task Headers_of_a_binary_CloudEvent_are_unquoted_and_decoded_once()
    {
        var device = $"Euro € 😀 \"{NewDevice()}\" 50%25";
        var encoded = Uri.EscapeDataString(device);
        var quoted = $"\"{device.Replace("%", "%25", StringComparison.Ordinal).Replace("€", "%E2%82%AC", StringComparison.Ordinal)
            .Replace("😀", "%F0%9F%98%80", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

        var first = await SendAsync(encoded, "1");
        var second = await SendAsync(quoted, "2");

        Assert.That((first.Status, second.Status), Is.EqualTo((201, 201)), first.Text + second.Text);
        Assert.That((await GetAsync($"/api/v1/devices/{encoded}"))["readings"], Is.EqualTo("2"));
        (await SendAsync("%C0%A0", "3")).AssertWrong("ce-subject");
        (await SendAsync("50%", "3")).AssertWrong("ce-subject");
        (await SendAsync("\"open", "3")).AssertWrong("ce-subject");

        Task<Answer> SendAsync(string subject, string id) => this.SendAsync(
            HttpMethod.Post, Route, Content($$"""{"count":1,"timestamp":{{id}}}"""), ("ce-specversion", "1.0"), ("ce-id", id),
            ("ce-source", "/gateway"), ("ce-type", "device.reading"), ("ce-subject", subject));
    }

    [TestCase("""{"device":7}""", "device")]
    [TestCase("""{"device":""}""", "device")]
    [TestCase("""{"device":null}""", "device")]
    [TestCase("""{"device":"\ud800"}""", "device")]
    [TestCase("""{"device":"a\nb"}""", "device")]
    [TestCase("""{"device":"."}""", "device")]
    [TestCase("""{"device":"readings"}""", "device")]
    [TestCase("""{"timestamp":null}""", "timestamp")]
    [TestCase("""{"timestamp":[]}""", "timestamp")]
    [TestCase("""{"timestamp":"2023-01-01T00:00:00"}""", "timestamp")]
    [TestCase("""{"timestamp":"2999-01-01T00:00:00Z"}""", "timestamp")]
    [TestCase("""{"timestamp":"\ud800"}""", "timestamp")]
    [TestCase("""{"count":"3"}""", "count")]
    [TestCase("""{"count":3.5}""", "count")]
    [TestCase("""{"count":1e999}""", "count")]
    [TestCase("""{"count":{"a":1}}""", "count")]
    [TestCase("""{"eventId":""}""", "eventId")]
    [TestCase("""{"eventId":5}""", "eventId")]
    [TestCase("""{"other":[1,{}]}""", "other")]
    [TestCase("""{"count":1,"count":2}""", "count")]
    [TestCase("[[]", "$")]
    [TestCase("{", "$")]
    [TestCase("{}x", "$")]
    [TestCase("", "$")]
    [TestCase("null", "$")]
    [TestCase("""{"\ud800":1}""", "$")]
    public async Task A_bad_reading_is_400_and_names_the_field(string body, string field) =>
        (await SendAsync(HttpMethod.Post, Route, Content(Encoding.UTF8.GetBytes(body)))).AssertWrong(field);

    [Test]
    public async Task Invalid_utf8_other_types_and_unknown_parameters_are_refused()
    {
        (await SendAsync(
            HttpMethod.Post, Route, Content(new byte[] { (byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}' })))
            .AssertWrong("$");
        (await SendAsync(HttpMethod.Post, Route, Content("{}", "text/plain"))).AssertProblem(415);
        (await PostAsync($"{Route}?dryRun=1", "{}")).AssertWrong("dryRun");
        (await SendLargeAsync(Route)).AssertProblem(413);
    }

    [Test]
    public async Task A_reading_five_minutes_ahead_is_accepted_and_one_beyond_is_not()
    {
        var device = NewDevice();
        var now = TimeProvider.System.GetUtcNow();

        var ahead = await PostAsync(Route, new { device, timestamp = now.AddMinutes(4).ToString("O"), count = 1 });
        var beyond = await PostAsync(Route, new { device, timestamp = now.AddMinutes(6).ToString("O"), count = 1 });

        Assert.That(ahead.Status, Is.EqualTo(201), ahead.Text);
        beyond.AssertWrong("timestamp");
    }
}
