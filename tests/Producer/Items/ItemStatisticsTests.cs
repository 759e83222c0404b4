using System.Globalization;
using System.Text.Json;

namespace Tests.Producer.Items;

/// <summary>Statistics, export and erasure over REST.</summary>
public sealed class ItemStatisticsTests : ItemTestBase
{
    [Test]
    public async Task Transfers_are_counted_by_every_unit()
    {
        var (item, user) = (await NewItemAsync(), await NewUserAsync());
        foreach (var (index, at) in new[] { "1990-12-31T23:59:59.999Z", "1991-01-01T00:00:00Z", "1991-01-01T00:00:00.5Z" }.Index())
        {
            await TransferAsync(item, user, at, $"{index}");
        }

        foreach (var (unit, expected) in new Dictionary<string, string>
        {
            ["minute"] = "1991-01-01T00:00:00Z 2, 1990-12-31T23:59:00Z 1",
            ["hour"] = "1991-01-01T00:00:00Z 2, 1990-12-31T23:00:00Z 1",
            ["day"] = "1991-01-01T00:00:00Z 2, 1990-12-31T00:00:00Z 1",
            ["week"] = "1990-12-31T00:00:00Z 3",
            ["month"] = "1991-01-01T00:00:00Z 2, 1990-12-01T00:00:00Z 1",
            ["year"] = "1991-01-01T00:00:00Z 2, 1990-01-01T00:00:00Z 1",
        })
        {
            var answer = await GetAsync($"{Items}/statistics/transfers/{unit}?from=1990-01-01T00:00:00Z&to=1992-01-01T00:00:00Z");
            Assert.That((answer["what"], answer["unit"]), Is.EqualTo(("transfers", unit)));
            Assert.That(Tell(answer.Json.GetProperty("points")), Is.EqualTo(expected), unit);
        }

        var newest = await GetAsync($"{Items}/statistics/transfers/day?to=1992-01-01T00:00:00Z&limit=1");
        Assert.That(Tell(newest.Json.GetProperty("points")), Is.EqualTo("1991-01-01T00:00:00Z 2"));
    }

    [TestCase("millisecond")]
    [TestCase("second")]
    public async Task Milliseconds_and_seconds_are_told_of_the_last_hour(string unit)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (early, lately) = (now.AddMinutes(-61), now.AddMinutes(-58));
        await NewAsync($"{Items}/users", new { timestamp = early });
        await NewAsync($"{Items}/users", new { timestamp = lately });

        var times = (await GetAsync($"{Items}/statistics/users/{unit}?limit=10000")).Json.GetProperty("points").EnumerateArray()
            .Select(each => each.GetProperty("time").GetDateTimeOffset()).ToList();

        Assert.That(times, Is.Ordered.Descending);
        Assert.That(times, Has.Some.InRange(lately.AddSeconds(-1), lately));
        Assert.That(times, Has.None.LessThan(early.AddSeconds(30)));
    }

    [Test]
    public async Task Unknown_statistics_and_units_are_404_and_wrong_parameters_400()
    {
        (await GetAsync($"{Items}/statistics/owners/day")).AssertProblem(404);
        (await GetAsync($"{Items}/statistics/users/decade")).AssertProblem(404);
        (await GetAsync($"{Items}/statistics/users/decade/stream")).AssertProblem(404);
        var wrong = await GetAsync($"{Items}/statistics/users/day?from=x&to=y&limit=10001");
        wrong.AssertProblem(400);
        Assert.That(wrong.WrongFields, Is.EquivalentTo(new[] { "from", "to", "limit" }));
        (await GetAsync($"{Items}/statistics/users/day?zone=UTC")).AssertWrong("zone");
    }

    [Test]
    public async Task An_export_has_everything_in_time_order_as_lines_and_as_csv()
    {
        var (item, user) = (await NewItemAsync(), await NewUserAsync());
        await NewAsync($"{Items}/base-items", new { description = "=1+1, \"new\"", timestamp = "1980-01-01T00:00:00Z" });
        await PostAsync($"{Items}/transfers", Enumerable.Range(0, 2_500).Select(i => new
        {
            item,
            to = user,
            timestamp = 315_532_800 + (i / 1_000),
            eventId = $"e{i}",
        }));

        var lines = await ExportAsync("from=1980-01-01T00:00:00Z&to=1980-01-02T00:00:00Z");
        Assert.That(lines.Select(each => each.GetProperty("eventId").GetString()), Is.Unique.And.Count.EqualTo(2_500));
        Assert.That(lines.Select(each => each.GetProperty("timestamp").GetDateTimeOffset()), Is.Ordered.Ascending);
        Assert.That(
            lines.Select(each => (each.GetProperty("id").GetString(), each.GetProperty("to").GetString())).Distinct(),
            Is.EqualTo(new[] { (item, user) }));
        Assert.That(await ExportAsync("from=1980-01-01T00:00:01Z&to=1980-01-01T00:00:02Z"), Has.Count.EqualTo(1_000));
        var csv = await GetAsync($"{Items}/export?what=base-items&format=csv&to=1981-01-01T00:00:00Z");
        Assert.That(csv.Text, Does.StartWith("id,timestamp,description\r\n").And.EndWith(",1980-01-01T00:00:00Z,\"'=1+1, \"\"new\"\"\"\r\n"));
        Assert.That((await ExportAsync("what=users")).Select(each => each.GetProperty("id").GetString()), Does.Contain(user));
        Assert.That((await ExportAsync("what=items")).Select(each => each.GetProperty("id").GetString()), Does.Contain(item));
        (await GetAsync($"{Items}/export?what=owners&format=xml&from=x")).AssertProblem(400);
    }

    [Test]
    public async Task An_erased_user_is_gone_for_ever_and_their_transfers_are_to_nobody()
    {
        var (item, before, user) = (await NewItemAsync(), await NewUserAsync(), string.Empty);
        var creation = await PostAsync($"{Items}/users", new { timestamp = "1970-05-05T00:00:00Z", eventId = "to-be-erased" });
        user = creation["id"];
        await TransferAsync(item, before, "1970-05-04T00:00:00Z", "1");
        await TransferAsync(item, user, "1970-05-05T00:00:00Z", "2");
        const string Range = "from=1970-01-01T00:00:00Z&to=1971-01-01T00:00:00Z";
        Assert.That(await CountAsync("users"), Is.EqualTo(1));

        var erased = await DeleteAsync($"{Items}/users/{user}");

        Assert.That(erased.Status, Is.EqualTo(204), erased.Text);
        Assert.That(await StateAsync(erased.Headers.GetValues("X-Tracking-Id").Single()), Is.EqualTo("applied"));
        (await GetAsync($"{Items}/users/{user}")).AssertProblem(404);
        Assert.That(await CountAsync("users"), Is.Zero);
        Assert.That(await CountAsync("transfers"), Is.EqualTo(2), "they took place");
        Assert.That(await OwnerAsync(item), Is.Null, "nobody owns it again");
        (await GetAsync($"{Items}/{item}/owner")).AssertProblem(404);
        var last = (await GetAsync($"{Items}/{item}/history?order=desc")).Json.GetProperty("items")[0];
        Assert.That(last.TryGetProperty("to", out _) || last.TryGetProperty("address", out _), Is.False, last.GetRawText());
        var lines = await ExportAsync(Range);
        Assert.That(lines.Select(each => each.GetRawText()), Has.None.Contains(user).And.Some.Contains(before));

        var anew = await PostAsync($"{Items}/users", new { eventId = "to-be-erased" });
        anew.AssertProblem(422);
        Assert.That(await StateAsync(anew.Headers.GetValues("X-Tracking-Id").Single()), Is.EqualTo("rejected"));
        (await PostAsync($"{Items}/transfers", new { item, to = user })).AssertProblem(404);
        await TransferAsync(item, before, "1970-05-06T00:00:00Z", "3");
        Assert.That(await OwnerAsync(item), Is.EqualTo(before));

        async Task<long> CountAsync(string what)
        {
            var points = (await GetAsync($"{Items}/statistics/{what}/year?{Range}")).Json.GetProperty("points");
            return points.GetArrayLength() == 0 ? 0 : points[0].GetProperty("count").GetInt64();
        }
    }

    private async Task<string> StateAsync(string tracking) => (await GetAsync($"/api/v1/events/{tracking}"))["state"];

    private async Task<List<JsonElement>> ExportAsync(string query) =>
        [.. (await GetAsync(string.Create(CultureInfo.InvariantCulture, $"{Items}/export?{query}"))).Text
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
