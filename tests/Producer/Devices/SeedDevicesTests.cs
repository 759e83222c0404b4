using System.Globalization;
using System.Text.Json;

namespace Tests.Producer.Devices;

/// <summary>The first device service's routes: every status and every shape.</summary>
public sealed class SeedDevicesTests : RestTests
{
    private static int made;

    private static string NewDevice() => $"seed-{Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture)}";

    [Test]
    public async Task Ingest_of_good_readings_is_202_and_they_can_be_read_at_once()
    {
        var device = NewDevice();

        var answer = await IngestAsync(device, ("2023-01-01T00:00:01Z", 2), ("2023-01-01T00:00:00Z", 3));

        Assert.That((answer.Status, answer.MediaType), Is.EqualTo((202, "application/json")));
        Assert.That(answer.Text, Is.EqualTo(
            $$"""{"results":[{"id":"{{device}}","timestamp":"2023-01-01T00:00:01Z","status":202,"success":true},"""
            + $$"""{"id":"{{device}}","timestamp":"2023-01-01T00:00:00Z","status":202,"success":true}]}"""));
        Assert.That((await GetAsync($"/devices/{device}")).Text, Is.EqualTo(
            """{"data":{"2023-01-01T00:00:00Z":3,"2023-01-01T00:00:01Z":2},"""
            + "\"latest_timestamp\":\"2023-01-01T00:00:01Z\",\"cumulative_count\":5}"));
        Assert.That((await GetAsync($"/devices/{device}/latest_timestamp")).Text,
            Is.EqualTo("""{"latest_timestamp":"2023-01-01T00:00:01Z"}"""));
        Assert.That((await GetAsync($"/devices/{device}/cumulative_count")).Text, Is.EqualTo("""{"cumulative_count":5}"""));
    }

    [Test]
    public async Task Ingest_of_a_second_reading_is_a_409_within_207_and_changes_nothing()
    {
        var device = NewDevice();
        await IngestAsync(device, ("2023-01-01T00:00:00Z", 0));

        var answer = await IngestAsync(
            device, ("2023-01-01T01:00:00+01:00", 9), ("2023-01-01T00:00:00.0000001Z", 1), ("2023-01-01T00:00:00.0000001Z", 2));

        Assert.That(answer.Status, Is.EqualTo(207));
        var results = answer.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.That(results.Select(each => each.GetProperty("status").GetInt32()), Is.EqualTo(new[] { 409, 202, 409 }));
        Assert.That(results[0].GetProperty("success").GetBoolean(), Is.False);
        Assert.That(results[0].GetProperty("error").GetString(), Is.EqualTo(
            $"A reading for device {device} at 2023-01-01T01:00:00+01:00 has already been recorded. Duplicates are not allowed."));
        Assert.That((await GetAsync($"/devices/{device}")).Text, Does.StartWith(
            """{"data":{"2023-01-01T00:00:00Z":0,"2023-01-01T00:00:00.0000001Z":1},"""));
    }

    [Test]
    public async Task Ingest_of_nothing_but_bad_readings_is_207_with_the_reasons_in_order()
    {
        var device = NewDevice();

        var answer = await PostAsync("/ingest", $$"""
            {"id":"{{device}}","readings":[
              {"timestamp":"2023-01-01T00:00:00","count":1}, {"timestamp":"2023-01-01T00:00:00Z","count":1.5},
              {"timestamp":"2023-01-01T00:00:00Z"}, {"count":1}, 7, {"timestamp":"2999-01-01T00:00:00Z","count":1},
              {"timestamp":true,"count":"3"}, {"timestamp":"2023-01-01T00:00:00Z","count":9223372036854775808}, {} ]}
            """);

        Assert.That(answer.Status, Is.EqualTo(207));
        var results = answer.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.That(results.Select(each => each.GetProperty("status").GetInt32()), Is.All.EqualTo(422).And.Exactly(9).Items);
        string[] reasons =
        [
            "offset", "count must be a 64-bit integer", "count is required", "timestamp is required", "object", "5 minutes in the future",
            "timestamp must be a string or a number; count must be a 64-bit integer", "count must be a 64-bit integer",
            "timestamp is required; count is required",
        ];
        Assert.That(results.Select(each => each.GetProperty("error").GetString()!), Is.EqualTo(reasons).Using<string, string>(
            (error, reason) => error.Contains(reason, StringComparison.Ordinal)));
        Assert.That((await GetAsync($"/devices/{device}")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Ingest_echoes_timestamps_as_they_were_written_and_takes_epochs()
    {
        var device = NewDevice();

        var answer = await PostAsync("/ingest", $$"""
            {"id":"{{device}}","readings":[{"timestamp":1672531200,"count":1},{"timestamp":"1672531201000","count":2}]}
            """);

        Assert.That(answer.Text, Does.Contain("\"timestamp\":1672531200,").And.Contain("\"timestamp\":\"1672531201000\","));
        Assert.That((await GetAsync($"/devices/{device}")).Text, Does.StartWith(
            """{"data":{"2023-01-01T00:00:00Z":1,"2023-01-01T00:00:01Z":2},"""));
    }

    [Test]
    public async Task Ingest_confirms_the_wait_that_was_asked_for_and_no_other()
    {
        var body = $$"""{"id":"{{NewDevice()}}","readings":[{"timestamp":1672531200,"count":1}]}""";

        var asked = await PostAsync("/ingest", body, ("Prefer", "wait=7"));
        var notAsked = await PostAsync("/ingest", body);

        Assert.That(asked.Headers.GetValues("Preference-Applied"), Is.EqualTo(new[] { "wait=7" }));
        Assert.That(notAsked.Headers.Contains("Preference-Applied"), Is.False);
    }

    [Test]
    public async Task Ingest_names_each_reading_that_is_not_invalid_by_a_tracking_id()
    {
        var device = NewDevice();

        var answer = await PostAsync("/ingest", $$"""
            {"id":"{{device}}","readings":[
              {"timestamp":1672531200,"count":1},{"timestamp":"never","count":2},{"timestamp":1672531201,"count":3} ]}
            """);

        var ids = answer.Headers.GetValues("X-Tracking-Id").Single().Split(", ");
        Assert.That(ids, Has.Length.EqualTo(2).And.Unique);
        foreach (var id in ids)
        {
            Assert.That((await GetAsync($"/api/v1/events/{id}"))["state"], Is.EqualTo("applied"));
        }
    }

    [Test]
    public async Task Ingest_of_many_readings_keeps_its_headers_short()
    {
        var readings = string.Join(',', Enumerable.Range(0, 500).Select(i => $$"""{"timestamp":{{1672531200 + i}},"count":1}"""));

        var answer = await PostAsync("/ingest", $$"""{"id":"{{NewDevice()}}","readings":[{{readings}}]}""");

        var header = answer.Headers.GetValues("X-Tracking-Id").Single();
        Assert.That(header, Has.Length.InRange(2_000, 4_096));
        Assert.That((await GetAsync($"/api/v1/events/{header.Split(", ")[^1]}")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Ingest_of_an_empty_array_is_202() =>
        Assert.That((await PostAsync("/ingest", """{"id":"x","readings":[]}""")) is { Status: 202, Text: """{"results":[]}""" }, Is.True);

    [TestCase("", "Request body is required")]
    [TestCase("[]", "must be a JSON object")]
    [TestCase("{", "not valid JSON")]
    [TestCase("{} {}", "not valid JSON")]
    [TestCase("{}", "id is required")]
    [TestCase("""{"id":"x"}""", "readings is required")]
    [TestCase("""{"id":"x","readings":{}}""", "readings must be an array")]
    [TestCase("""{"id":7,"readings":[]}""", "id must be a string")]
    [TestCase("""{"id":"","readings":[]}""", "id must have 1 to 255 characters")]
    [TestCase("""{"id":"a\u0000","readings":[]}""", "id must have 1 to 255 characters")]
    [TestCase("""{"id":"\ud800","readings":[]}""", "half of a surrogate pair")]
    [TestCase("""{"id":"a/b","readings":[]}""", "id must not contain a slash")]
    [TestCase("""{"\ud800":1}""", "half of a surrogate pair")]
    public async Task Ingest_of_a_bad_request_is_400_in_the_seeds_shape(string body, string reason)
    {
        var answer = await PostAsync("/ingest", body.Length == 0 ? null : body);

        Assert.That(answer.Status, Is.EqualTo(400), answer.Text);
        Assert.That(answer.Json.GetProperty("error").GetProperty("message").GetString(), Does.Contain(reason));
    }

    [Test]
    public async Task Ingest_of_ids_up_to_255_characters_is_stored()
    {
        var device = new string('漢', 255);

        var answer = await IngestAsync(device, ("2023-01-01T00:00:00Z", 1));
        Assert.That(answer.Status, Is.EqualTo(202));
        var tracking = answer.Headers.GetValues("X-Tracking-Id").Single();
        Assert.That((await GetAsync($"/api/v1/events/{tracking}"))["state"], Is.EqualTo("applied"));
        Assert.That((await IngestAsync(device + "漢", ("2023-01-01T00:00:00Z", 1))).Status, Is.EqualTo(400));
        Assert.That((await GetAsync($"/devices/{Uri.EscapeDataString(device)}/cumulative_count"))["cumulative_count"], Is.EqualTo("1"));
    }

    [Test]
    public async Task Ingest_of_more_than_ten_thousand_or_of_another_type_is_refused_in_the_seeds_shape()
    {
        var many = string.Join(',', Enumerable.Repeat("""{"timestamp":1,"count":1}""", 10_001));
        var answer = await PostAsync("/ingest", $$"""{"id":"x","readings":[{{many}}]}""");
        Assert.That((answer.Status, answer.Json.GetProperty("error").GetProperty("message").GetString()),
            Is.EqualTo((400, "readings must not be more than 10000")));

        var text = await SendAsync(HttpMethod.Post, "/ingest", Content("{}", "text/plain"));
        Assert.That((text.Status, text.Json.TryGetProperty("error", out _)), Is.EqualTo((415, true)));
        var large = await SendLargeAsync("/ingest");
        Assert.That((large.Status, large.Json.TryGetProperty("error", out _)), Is.EqualTo((413, true)));
    }

    [TestCase("")]
    [TestCase("/latest_timestamp")]
    [TestCase("/cumulative_count")]
    public async Task An_unknown_device_is_404_in_the_seeds_shape(string route)
    {
        var answer = await GetAsync($"/devices/nobody{route}");

        Assert.That((answer.Status, answer.Text), Is.EqualTo((404, """{"error":{"message":"Device nobody not found"}}""")));
    }

    [TestCase("GET", "/devices/x/other")]
    [TestCase("GET", "/devices")]
    [TestCase("GET", "/ingest")]
    [TestCase("PUT", "/ingest")]
    [TestCase("POST", "/devices/x")]
    [TestCase("DELETE", "/devices/x/latest_timestamp")]
    public async Task An_unknown_route_is_404_in_the_seeds_shape(string method, string path)
    {
        var answer = await SendAsync(new HttpMethod(method), path);

        Assert.That((answer.Status, answer.Text), Is.EqualTo((404, """{"error":{"code":"RESOURCE_NOT_FOUND","message":"Not Found"}}""")));
    }

    [Test]
    public async Task Totals_of_zero_and_beyond_64_bits_are_answered()
    {
        var device = NewDevice();
        await IngestAsync(device, ("2023-01-01T00:00:00Z", 0));
        Assert.That((await GetAsync($"/devices/{device}/cumulative_count")).Text, Is.EqualTo("""{"cumulative_count":0}"""));

        await IngestAsync(device, ("2023-01-01T00:00:01Z", long.MaxValue), ("2023-01-01T00:00:02Z", long.MaxValue));

        Assert.That(
            (await GetAsync($"/devices/{device}/cumulative_count")).Text, Is.EqualTo("""{"cumulative_count":18446744073709551614}"""));
        Assert.That((await GetAsync($"/devices/{device}")).Text, Does.EndWith(",\"cumulative_count\":18446744073709551614}"));
    }

    [Test]
    public async Task A_device_of_many_readings_is_streamed_in_order()
    {
        var device = NewDevice();
        var readings = Enumerable.Range(0, 5_003).Select(i => new { timestamp = 1_672_531_200 + (i * 7 % 5_003), count = i }).ToArray();
        Assert.That((await PostAsync("/ingest", new { id = device, readings })).Status, Is.EqualTo(202));

        var data = (await GetAsync($"/devices/{device}")).Json.GetProperty("data").EnumerateObject().Select(each => each.Name).ToList();

        Assert.That(data, Has.Count.EqualTo(5_003).And.Ordered.Using<string>(StringComparer.Ordinal));
        Assert.That(data[^1], Is.EqualTo("2023-01-01T01:23:22Z"));
    }

    [Test]
    public async Task A_tracking_id_is_in_a_header_and_leads_to_what_became_of_the_reading()
    {
        var device = NewDevice();
        var first = await IngestAsync(device, ("2023-01-01T00:00:00Z", 1));
        var second = await IngestAsync(device, ("2023-01-01T00:00:00Z", 2));

        var applied = await GetAsync($"/api/v1/events/{first.Headers.GetValues("X-Tracking-Id").Single()}");
        var duplicate = await GetAsync($"/api/v1/events/{second.Headers.GetValues("X-Tracking-Id").Single()}");

        Assert.That((applied["state"], duplicate["state"]), Is.EqualTo(("applied", "duplicate")));
        Assert.That((await GetAsync(applied["location"])).Json.GetProperty("items")[0].GetProperty("count").GetInt32(), Is.EqualTo(1));
    }

    private Task<Answer> IngestAsync(string device, params (string Timestamp, long Count)[] readings) => PostAsync(
        "/ingest",
        JsonSerializer.Serialize(
            new { id = device, readings = readings.Select(each => new { timestamp = each.Timestamp, count = each.Count }) }));
}
