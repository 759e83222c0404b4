using System.Text.Json;
using Tests.Support;

namespace Tests.Producer.Revenue;

/// <summary>GET /revenue/stream: one user, and all together.</summary>
public sealed class WatchRevenueTests : RestTests
{
    private const string Stream = "/api/v1/revenue/stream";

    [Test]
    public async Task A_user_is_shown_with_balances_and_each_change_of_them_and_that_they_are_gone()
    {
        await SendAsync("one", 1, "1");
        await using var events = await ServerEvents.OpenAsync(Http, $"{Stream}?user=one");
        var snapshot = await events.NextAsync();
        Assert.That((snapshot.Name, snapshot.Json.GetProperty("more").GetBoolean()), Is.EqualTo(("snapshot", false)));
        Assert.That(Tell(snapshot.Json.GetProperty("items")[0]), Is.EqualTo("one 1 USD, last 1"));

        await SendAsync("other", 5, "2");
        await SendAsync("one", 2, "3");
        var change = await events.NextAsync(next => next.Data.Contains("\"3\"", StringComparison.Ordinal));
        Assert.That((change.Name, Tell(change.Json)), Is.EqualTo(("change", "one 3 USD, last 3")));

        await DeleteAsync("/api/v1/revenue/users/one");
        var gone = await events.NextAsync(next => next.Name == "gone");
        Assert.That(gone.Json.GetProperty("id").GetString(), Is.EqualTo("one"));
    }

    [Test]
    public async Task All_users_together_are_shown_with_the_sums_of_today()
    {
        await SendAsync("x", 1, "1", "JPY");
        await SendAsync("x", 9, "before", "JPY", "2023-01-01T00:00:00Z");
        await using var events = await ServerEvents.OpenAsync(Http, Stream);
        Assert.That(Yen((await events.NextAsync()).Json.GetProperty("items")[0]), Is.EqualTo("1"));

        await SendAsync("y", 2, "1", "JPY");

        var change = await events.NextAsync(next => next.Name == "change" && Yen(next.Json) == "3");
        Assert.That(change.Json.GetProperty("id").GetString(), Is.EqualTo("all"));

        static string? Yen(JsonElement all) => all.GetProperty("totals").EnumerateArray()
            .Single(each => each.GetProperty("currency").GetString() == "JPY").GetProperty("revenue").GetString();
    }

    [Test]
    public async Task A_client_that_comes_back_is_told_what_has_changed_since()
    {
        await SendAsync("back", 1, "1");
        string? last;
        await using (var events = await ServerEvents.OpenAsync(Http, $"{Stream}?user=back"))
        {
            last = (await events.NextAsync()).Id;
        }

        await SendAsync("back", 2, "2");
        await using var again = await ServerEvents.OpenAsync(Http, $"{Stream}?user=back", last);
        var change = await again.NextAsync(next => next.Name != ServerEvent.Comment);

        Assert.That((change.Name, Tell(change.Json)), Is.EqualTo(("change", "back 3 USD, last 2")));
    }

    [Test]
    public async Task Unknown_parameters_and_wrong_ids_are_400()
    {
        (await GetAsync($"{Stream}?tag=x")).AssertWrong("tag");
        (await GetAsync($"{Stream}?user={new string('x', 256)}")).AssertWrong("user");
    }

    private async Task SendAsync(string user, int value, string eventId, string? currency = null, string? timestamp = null)
    {
        var answer = await PostAsync("/api/v1/revenue/events", new { user, name = "add_revenue", value, eventId, currency, timestamp });
        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
    }

    private static string Tell(JsonElement user)
    {
        var balance = user.GetProperty("balances")[0];
        return $"{user.GetProperty("id")} {balance.GetProperty("total")} {balance.GetProperty("currency")}, "
            + $"last {user.GetProperty("recent")[0].GetProperty("eventId")}";
    }
}
