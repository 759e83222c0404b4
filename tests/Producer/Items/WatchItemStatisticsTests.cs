using Tests.Support;

namespace Tests.Producer.Items;

/// <summary>GET /items/statistics/{what}/{unit}/stream: snapshot, changes, replay.</summary>
public sealed class WatchItemStatisticsTests : ItemTestBase
{
    [Test]
    public async Task A_snapshot_is_followed_by_each_changed_point_and_by_what_is_gone()
    {
        var first = await NewAsync($"{Items}/users", new { timestamp = "1960-01-01T00:00:30Z" });
        await NewAsync($"{Items}/users", new { timestamp = "1960-01-01T00:01:00Z" });
        await using var events = await ServerEvents.OpenAsync(Http, $"{Items}/statistics/users/minute/stream");
        var snapshot = await events.NextAsync();
        Assert.That((snapshot.Name, snapshot.Json.GetProperty("more").GetBoolean()), Is.EqualTo(("snapshot", false)));
        Assert.That(Tell(snapshot.Json.GetProperty("items")), Does.EndWith("1960-01-01T00:01:00Z 1, 1960-01-01T00:00:00Z 1"));

        await NewAsync($"{Items}/users", new { timestamp = "1960-01-01T00:01:59.9Z" });
        var change = await events.NextAsync(next => next.Data.Contains("1960", StringComparison.Ordinal));
        Assert.That((change.Name, change.Data), Is.EqualTo(("change", """{"time":"1960-01-01T00:01:00Z","count":2}""")));

        await DeleteAsync($"{Items}/users/{first}");
        var gone = await events.NextAsync(next => next.Name == "gone");
        Assert.That(gone.Json.GetProperty("id").GetString(), Is.EqualTo("1960-01-01T00:00:00Z"));
    }

    [Test]
    public async Task A_client_that_comes_back_is_told_what_has_changed_since()
    {
        var baseItem = await NewBaseItemAsync();
        string? last;
        await using (var events = await ServerEvents.OpenAsync(Http, $"{Items}/statistics/items/day/stream"))
        {
            last = (await events.NextAsync()).Id;
        }

        await NewAsync(Items, new { baseItem, timestamp = "1961-03-01T12:00:00Z" });
        await using var again = await ServerEvents.OpenAsync(Http, $"{Items}/statistics/items/day/stream", last);
        var change = await again.NextAsync(next => next.Name != ServerEvent.Comment);

        Assert.That((change.Name, change.Data), Is.EqualTo(("change", """{"time":"1961-03-01T00:00:00Z","count":1}""")));
    }

    [TestCase("millisecond")]
    [TestCase("second")]
    public async Task Fine_points_are_told_as_they_come(string unit)
    {
        await using var events = await ServerEvents.OpenAsync(Http, $"{Items}/statistics/users/{unit}/stream");
        await events.NextAsync(next => next.Name == "snapshot");
        var at = TimeProvider.System.GetUtcNow().AddMinutes(-30);
        var second = new DateTimeOffset(at.Ticks - (at.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

        await NewAsync($"{Items}/users", new { timestamp = second });

        var change = await events.NextAsync(next => next.Name == "change"
            && next.Json.GetProperty("time").GetDateTimeOffset() == second);
        Assert.That(change.Json.GetProperty("count").GetInt64(), Is.EqualTo(1));
    }
}
