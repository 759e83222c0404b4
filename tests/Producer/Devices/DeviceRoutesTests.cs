using System.Globalization;
using System.Text.Json;

namespace Tests.Producer.Devices;

/// <summary>The devices' other routes: lists, readings, settings, adjustments, erasure, export.</summary>
public sealed class DeviceRoutesTests : RestTests
{
    private const string Devices = "/api/v1/devices";
    private static int made;

    private static string NewDevice() => $"route-{Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture)}";

    [Test]
    public async Task Devices_are_listed_in_pages_with_their_totals()
    {
        var (a, b) = (NewDevice(), NewDevice());
        await SendReadingsAsync(a, (1, 1), (2, 2));
        await SendReadingsAsync(b, (1, 5));

        var ids = new List<string>();
        var path = $"{Devices}?limit=1";
        while (true)
        {
            var page = await GetAsync(path);
            var items = page.Json.GetProperty("items").EnumerateArray().ToList();
            ids.AddRange(items.Select(each => each.GetProperty("id").GetString()!));
            Assert.That(items, Has.Count.LessThanOrEqualTo(1));
            if (!page.Json.TryGetProperty("next", out var next))
            {
                break;
            }

            path = $"{Devices}?limit=1&cursor={next.GetString()}";
        }

        Assert.That(ids, Is.SupersetOf(new[] { a, b }).And.Ordered.Using<string>(StringComparer.Ordinal).And.Unique);
        var device = await GetAsync($"{Devices}/{a}");
        Assert.That(
            (device["readings"], device["cumulativeCount"], device["latestTimestamp"]), Is.EqualTo(("2", "3", "1970-01-01T00:00:02Z")));
        Assert.That(device.Json.TryGetProperty("lastSeenAt", out _), Is.True);
    }

    [Test]
    public async Task Devices_are_listed_by_tag_in_pages()
    {
        var (tag, ids) = ($"tag {NewDevice()}", new[] { NewDevice(), NewDevice(), NewDevice() });
        foreach (var id in ids)
        {
            await SendReadingsAsync(id, (1, 4));
            await SendAsync(HttpMethod.Put, $"{Devices}/{id}", Content(new { tags = new[] { tag } }));
        }

        var query = $"{Devices}?tag={Uri.EscapeDataString(tag)}&limit=2";
        var first = await GetAsync(query);
        var second = await GetAsync($"{query}&cursor={first["next"]}");

        var items = first.Json.GetProperty("items").EnumerateArray().Concat(second.Json.GetProperty("items").EnumerateArray()).ToList();
        Assert.That(items.Select(each => each.GetProperty("id").GetString()), Is.EqualTo(ids.Order(StringComparer.Ordinal)));
        Assert.That(items.Select(each => each.GetProperty("cumulativeCount").GetInt64()), Is.All.EqualTo(4));
        Assert.That(second.Json.TryGetProperty("next", out _), Is.False);
        Assert.That((await GetAsync($"{Devices}?tag=nothing")).Json.GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [TestCase("?limit=0", "limit")]
    [TestCase("?tag=", "tag")]
    [TestCase("?tag=a&tag=b", "tag")]
    [TestCase("?limit=1001", "limit")]
    [TestCase("?limit=x", "limit")]
    [TestCase("?limit=1&limit=2", "limit")]
    [TestCase("?cursor=zz", "cursor")]
    [TestCase("?cursor=ff", "cursor")]
    [TestCase("?page=2", "page")]
    [TestCase("/x?a=1", "a")]
    [TestCase("/x/readings?from=2023-01-01", "from")]
    [TestCase("/x/readings?from=2&to=1", "from")]
    [TestCase("/x/readings?resolution=1h", "resolution")]
    [TestCase("/x/readings?resolution=PT0S", "resolution")]
    [TestCase("/x/readings?resolution=P1Y1M", "resolution")]
    [TestCase("/x/readings?limit=10001", "limit")]
    [TestCase("/x/readings?until=1", "until")]
    [TestCase("/export?format=xml", "format")]
    [TestCase("/export?until=1", "until")]
    public async Task A_wrong_parameter_is_400_and_named(string query, string name) => (await GetAsync(Devices + query)).AssertWrong(name);

    [TestCase("")]
    [TestCase("/readings")]
    public async Task An_unknown_device_is_404(string route) => (await GetAsync($"{Devices}/nobody{route}")).AssertProblem(404);

    [Test]
    public async Task Readings_are_read_by_range_in_pages()
    {
        var device = NewDevice();
        await SendReadingsAsync(device, [.. Enumerable.Range(0, 25).Select(i => ((long)i, (long)i))]);

        var counts = new List<long>();
        var from = "1970-01-01T00:00:05Z";
        while (true)
        {
            var page = await GetAsync($"{Devices}/{device}/readings?from={from}&to=20&limit=4");
            counts.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(each => each.GetProperty("count").GetInt64()));
            if (!page.Json.TryGetProperty("next", out var next))
            {
                break;
            }

            from = next.GetString()!;
        }

        Assert.That(counts, Is.EqualTo(Enumerable.Range(5, 15).Select(i => (long)i)));
    }

    [TestCase("PT10S", "1970-01-01T00:00:00Z 45 10 0 9|1970-01-01T00:00:10Z 145 10 10 19|1970-01-01T00:00:20Z 110 5 20 24")]
    [TestCase("PT1H", "1970-01-01T00:00:00Z 300 25 0 24")]
    [TestCase("P1W", "1969-12-29T00:00:00Z 300 25 0 24")]
    [TestCase("P1M", "1970-01-01T00:00:00Z 300 25 0 24")]
    [TestCase("P1Y", "1970-01-01T00:00:00Z 300 25 0 24")]
    public async Task Readings_are_summed_in_steps_of_any_length(string resolution, string expected)
    {
        var device = NewDevice();
        await SendReadingsAsync(device, [.. Enumerable.Range(0, 25).Select(i => ((long)i, (long)i))]);

        var answer = await GetAsync($"{Devices}/{device}/readings?resolution={resolution}");

        var steps = answer.Json.GetProperty("items").EnumerateArray().Select(each => string.Join(
            ' ', each.GetProperty("timestamp"), each.GetProperty("count"), each.GetProperty("readings"), each.GetProperty("min"),
            each.GetProperty("max")));
        Assert.That(string.Join('|', steps), Is.EqualTo(expected));
    }

    [Test]
    public async Task Settings_are_put_and_removed()
    {
        var device = NewDevice();
        var put = await PutAsync(device, """
            {"name":"Entrance","tags":["a","b"],"quietAfter":"PT10M","quietUrl":"http://127.0.0.1:2/quiet"}
            """);

        Assert.That((put.Status, put["name"], put["quietAfter"], put["quietUrl"], put["readings"]),
            Is.EqualTo((200, "Entrance", "PT10M", "http://127.0.0.1:2/quiet", "0")), put.Text);
        Assert.That((await GetAsync($"{Devices}/{device}")).Text, Is.EqualTo(put.Text));
        Assert.That(
            (await GetAsync($"/devices/{device}")).Text, Is.EqualTo("""{"data":{},"latest_timestamp":null,"cumulative_count":0}"""));
        Assert.That((await PutAsync(device, "{}")).Json.TryGetProperty("name", out _), Is.False);
    }

    [TestCase("""{"name":""}""", "name")]
    [TestCase("""{"name":5}""", "name")]
    [TestCase("""{"tags":"a"}""", "tags")]
    [TestCase("""{"tags":["a",""]}""", "tags[1]")]
    [TestCase("""{"quietAfter":"PT0.5S","quietUrl":"http://127.0.0.1:2/"}""", "quietAfter")]
    [TestCase("""{"quietAfter":"P3651D","quietUrl":"http://127.0.0.1:2/"}""", "quietAfter")]
    [TestCase("""{"quietAfter":"soon","quietUrl":"http://127.0.0.1:2/"}""", "quietAfter")]
    [TestCase("""{"quietAfter":"PT10M"}""", "quietUrl")]
    [TestCase("""{"quietUrl":"http://127.0.0.1:2/"}""", "quietUrl")]
    [TestCase("""{"quietAfter":"PT10M","quietUrl":"ftp://x/"}""", "quietUrl")]
    [TestCase("""{"what":1}""", "what")]
    [TestCase("[]", "$")]
    public async Task Wrong_settings_are_400_and_named(string body, string field) => (await PutAsync("x", body)).AssertWrong(field);

    [Test]
    public async Task An_adjustment_corrects_a_reading_once()
    {
        var device = NewDevice();
        await SendReadingsAsync(device, (1, 5));
        var body = new { device, timestamp = "1970-01-01T00:00:01Z", delta = -2, eventId = "a-1", reason = "cleaner" };

        var first = await PostAsync($"{Devices}/adjustments", body);
        var again = await PostAsync($"{Devices}/adjustments", new[] { body });
        var unknown = await PostAsync($"{Devices}/adjustments", new { device, timestamp = 2, delta = 1 });

        Assert.That((first.Status, again.Status, again["duplicates"]), Is.EqualTo((201, 201, "1")), first.Text + again.Text);
        unknown.AssertProblem(422);
        Assert.That((await GetAsync($"{Devices}/{device}"))["cumulativeCount"], Is.EqualTo("3"));
        var reading = (await GetAsync($"{Devices}/{device}/readings")).Json.GetProperty("items")[0];
        Assert.That((reading.GetProperty("count").GetInt64(), reading.GetProperty("adjustment").GetInt64()), Is.EqualTo((3L, -2L)));
        Assert.That((await GetAsync($"/api/v1/events/{first["trackingId"]}"))["state"], Is.EqualTo("applied"));
    }

    [TestCase("""{"device":7}""", "device")]
    [TestCase("""{"device":""}""", "device")]
    [TestCase("""{"device":null}""", "device")]
    [TestCase("""{"device":"a/b"}""", "device")]
    [TestCase("""{"device":"\ud800"}""", "device")]
    [TestCase("{}", "device")]
    [TestCase("{}", "timestamp")]
    [TestCase("{}", "delta")]
    [TestCase("""{"timestamp":null}""", "timestamp")]
    [TestCase("""{"timestamp":"2023"}""", "timestamp")]
    [TestCase("""{"timestamp":"2023-01-01T00:00:00"}""", "timestamp")]
    [TestCase("""{"timestamp":true}""", "timestamp")]
    [TestCase("""{"delta":"1"}""", "delta")]
    [TestCase("""{"delta":1.5}""", "delta")]
    [TestCase("""{"delta":9223372036854775808}""", "delta")]
    [TestCase("""{"eventId":""}""", "eventId")]
    [TestCase("""{"eventId":5}""", "eventId")]
    [TestCase("""{"reason":""}""", "reason")]
    [TestCase("""{"reason":["x"]}""", "reason")]
    [TestCase("""{"reason":"a\u0000"}""", "reason")]
    [TestCase("""{"count":1}""", "count")]
    [TestCase("""{"delta":1,"delta":2}""", "$")]
    [TestCase("[[]", "$")]
    [TestCase("7", "$")]
    [TestCase("", "$")]
    public async Task A_bad_adjustment_is_400_and_names_the_field(string body, string field) => (await SendAsync(
        HttpMethod.Post, $"{Devices}/adjustments", Content(System.Text.Encoding.UTF8.GetBytes(body)))).AssertWrong(field);

    [Test]
    public async Task Lengths_of_an_adjustment_are_bounded()
    {
        var device = NewDevice();
        await SendReadingsAsync(device, (1, 5));
        var long255 = new string('x', 255);

        Assert.That((await AdjustAsync(long255, new string('r', 1_000))).Status, Is.EqualTo(201));
        (await AdjustAsync(long255 + "x", "r")).AssertWrong("eventId");
        (await AdjustAsync("y", new string('r', 1_001))).AssertWrong("reason");

        Task<Answer> AdjustAsync(string eventId, string reason) =>
            PostAsync($"{Devices}/adjustments", new { device, timestamp = 1, delta = 1, eventId, reason });
    }

    [Test]
    public async Task Adjustments_are_read_back_in_pages_with_their_reasons()
    {
        var device = NewDevice();
        await SendReadingsAsync(device, (1, 5), (2, 5), (3, 5));
        await PostAsync($"{Devices}/adjustments", Enumerable.Range(0, 6)
            .Select(i => new { device, timestamp = 1 + (i / 2), delta = i, eventId = $"a {i}.", reason = $"because {i}" }).ToArray());

        var read = new List<string>();
        var path = $"{Devices}/{device}/adjustments?limit=2&from=1970-01-01T00:00:01Z&to=3";
        while (path.Length > 0)
        {
            var page = await GetAsync(path);
            var items = page.Json.GetProperty("items").EnumerateArray().ToList();
            read.AddRange(items.Select(each => $"{each.GetProperty("timestamp")} {each.GetProperty("delta")} {each.GetProperty("eventId")} "
                + $"{each.GetProperty("reason")} {each.GetProperty("address")}"));
            Assert.That(items, Has.Count.LessThanOrEqualTo(2));
            path = page.Json.TryGetProperty("next", out var next) ? $"{Devices}/{device}/adjustments?limit=2&to=3&cursor={next}"
                : string.Empty;
        }

        Assert.That(read, Is.EquivalentTo(Enumerable.Range(0, 4).Select(
            i => $"1970-01-01T00:00:0{1 + (i / 2)}Z {i} a {i}. because {i} 127.0.0.0")));
        (await GetAsync($"{Devices}/nobody/adjustments")).AssertProblem(404);
        (await GetAsync($"{Devices}/{device}/adjustments?cursor=zz")).AssertWrong("cursor");
        (await GetAsync($"{Devices}/{device}/adjustments?cursor=6161")).AssertWrong("cursor");
        (await GetAsync($"{Devices}/{device}/adjustments?limit=0")).AssertWrong("limit");
    }

    [Test]
    public async Task After_an_erasure_tracking_ids_say_nothing_of_what_came_later()
    {
        var device = NewDevice();
        var reading = new { device, timestamp = 1, count = 5 };
        var adjustment = new { device, timestamp = 1, delta = 2, eventId = "a" };
        var (first, duplicate) = (await PostAsync($"{Devices}/readings", reading), await PostAsync($"{Devices}/readings", reading));
        var adjusted = await PostAsync($"{Devices}/adjustments", adjustment);
        var erased = await DeleteAsync($"{Devices}/{device}");
        var (again, twice) = (await PostAsync($"{Devices}/readings", reading), await PostAsync($"{Devices}/readings", reading));
        var adjustedAgain = await PostAsync($"{Devices}/adjustments", adjustment);

        foreach (var gone in new[] { first, duplicate, adjusted })
        {
            (await GetAsync($"/api/v1/events/{gone["trackingId"]}")).AssertProblem(404);
        }

        Assert.That(
            await Task.WhenAll(new[] { again["trackingId"], twice["trackingId"], adjustedAgain["trackingId"],
                erased.Headers.GetValues("X-Tracking-Id").Single() }.Select(async id => (await GetAsync($"/api/v1/events/{id}"))["state"])),
            Is.EqualTo(new[] { "applied", "duplicate", "applied", "applied" }));
    }

    [Test]
    public async Task An_adjustment_whose_reading_is_not_there_is_told_to_be_rejected()
    {
        var refused = await PostAsync($"{Devices}/adjustments", new[] { new { device = NewDevice(), timestamp = 2, delta = 1 } });

        var result = refused.Json.GetProperty("results")[0];
        Assert.That((refused.Status, result.GetProperty("status").GetInt32()), Is.EqualTo((400, 422)), refused.Text);
        var tracked = await GetAsync($"/api/v1/events/{result.GetProperty("trackingId")}");
        Assert.That(
            (tracked["state"], tracked["reason"]),
            Is.EqualTo(("rejected", "When it was applied, the device had no reading of its instant.")));
    }

    [TestCase("PUT")]
    [TestCase("DELETE")]
    public async Task A_device_whose_id_has_an_escaped_slash_is_not_taken_for_one_with_a_slash(string method)
    {
        var device = $"{NewDevice()}%2Fb";
        await SendReadingsAsync(device, (1, 5));

        (await SendAsync(new HttpMethod(method), $"{Devices}/{device}", Content("{}"))).AssertWrong("deviceId");

        Assert.That((await GetAsync($"{Devices}/{Uri.EscapeDataString(device)}"))["readings"], Is.EqualTo("1"));
        Assert.That(
            (await SendAsync(new HttpMethod(method), $"{Devices}/{Uri.EscapeDataString(device)}", Content("{}"))).Status, Is.LessThan(300));
    }

    [Test]
    public async Task An_erased_device_is_gone_and_begins_anew()
    {
        var device = NewDevice();
        await SendReadingsAsync(device, (1, 5));

        var erased = await SendAsync(HttpMethod.Delete, $"{Devices}/{device}");

        Assert.That(erased.Status, Is.EqualTo(204), erased.Text);
        (await GetAsync($"{Devices}/{device}")).AssertProblem(404);
        Assert.That((await GetAsync($"{Devices}/export?device={device}")).Text, Is.Empty);
        await SendReadingsAsync(device, (1, 7));
        Assert.That((await GetAsync($"{Devices}/{device}"))["cumulativeCount"], Is.EqualTo("7"));
    }

    [Test]
    public async Task Readings_are_exported_as_lines_and_as_csv()
    {
        var device = $"=1+\"{NewDevice()}";
        await SendReadingsAsync(device, [.. Enumerable.Range(0, 2_001).Select(i => ((long)i, (long)i))]);
        var name = Uri.EscapeDataString(device);

        var lines = (await GetAsync($"{Devices}/export?device={name}")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var csv = (await GetAsync($"{Devices}/export?device={name}&format=csv&from=1&to=3")).Text.Split("\r\n");
        var all = await GetAsync($"{Devices}/export");

        Assert.That(lines, Has.Length.EqualTo(2_001));
        using var first = JsonDocument.Parse(lines[1]);
        Assert.That((first.RootElement.GetProperty("device").GetString(), first.RootElement.GetProperty("count").GetInt64(),
            first.RootElement.GetProperty("timestamp").GetString(), first.RootElement.GetProperty("address").GetString()),
            Is.EqualTo((device, 1L, "1970-01-01T00:00:01Z", "127.0.0.0")));
        Assert.That(csv, Has.Length.EqualTo(4));
        Assert.That(csv[0], Is.EqualTo("device,timestamp,count,adjustment,adjustments,receivedAt,address"));
        Assert.That(csv[1], Does.StartWith($"\"'{device.Replace("\"", "\"\"", StringComparison.Ordinal)}\",1970-01-01T00:00:01Z,1,,,"));
        Assert.That(all.Text.Split('\n'), Has.Length.GreaterThan(2_001));
    }

    [Test]
    public async Task Adjustments_are_exported_with_their_readings()
    {
        var device = NewDevice();
        await SendReadingsAsync(device, [.. Enumerable.Range(0, 2_001).Select(i => ((long)i, (long)i))]);
        await PostAsync($"{Devices}/adjustments", new[]
        {
            new { device, timestamp = 1, delta = 5, eventId = "a", reason = "a \"slip\", twice" },
            new { device, timestamp = 1, delta = -5, eventId = "b", reason = "of the hand" },
            new { device, timestamp = 2_000, delta = 7, eventId = "c", reason = "on the last page" },
        });

        var lines = (await GetAsync($"{Devices}/export?device={device}")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var csv = (await GetAsync($"{Devices}/export?device={device}&format=csv&from=1&to=2")).Text.Split("\r\n");

        var rows = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var listed = (await GetAsync($"{Devices}/{device}/adjustments")).Json.GetProperty("items").EnumerateArray().ToList();
        var exported = rows.Where(row => row.TryGetProperty("adjustments", out _))
            .SelectMany(row => JsonDocument.Parse(row.GetProperty("adjustments").GetString()!).RootElement.EnumerateArray()).ToList();
        Assert.That(rows, Has.Count.EqualTo(2_001));
        Assert.That(exported.Select(each => each.GetRawText()), Is.EqualTo(listed.Select(each => each.GetRawText())).And.Exactly(3).Items);
        Assert.That(rows[1].TryGetProperty("adjustment", out _), Is.False, "their sum is 0");
        Assert.That(rows[^1].GetProperty("adjustment").GetInt64(), Is.EqualTo(7));
        Assert.That(csv[1], Does.Contain("\"\"eventId\"\":\"\"b\"\"").And.StartsWith($"{device},1970-01-01T00:00:01Z,1,,\"[{{"));
    }

    private async Task SendReadingsAsync(string device, params (long At, long Count)[] readings)
    {
        var answer = await PostAsync(
            $"{Devices}/readings", readings.Select(each => new { device, timestamp = each.At, count = each.Count }).ToArray());
        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
    }

    private Task<Answer> PutAsync(string device, string body) => SendAsync(HttpMethod.Put, $"{Devices}/{device}", Content(body));
}
