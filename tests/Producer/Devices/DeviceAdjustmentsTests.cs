using System.Text.Json;

namespace Tests.Producer.Devices;

/// <summary>Adjustments of readings: once each, listed, exported, refused.</summary>
public sealed class DeviceAdjustmentsTests : DeviceRestTests
{
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
}
