using System.Text.Json;

namespace Tests.Producer.Devices;

/// <summary>The devices' other routes: lists, readings, settings, erasure, export.</summary>
public sealed class DeviceRoutesTests : DeviceRestTests
{
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

    private Task<Answer> PutAsync(string device, string body) => SendAsync(HttpMethod.Put, $"{Devices}/{device}", Content(body));
}
