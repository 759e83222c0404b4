using System.Text.Json;
using Tests.Support;

namespace Tests.Producer.Sites;

/// <summary>GET /sites/{id}/stream.</summary>
public sealed class WatchSiteTests : RestTests
{
    private const string Route = "/api/v1/sites/events";

    [Test]
    public async Task A_site_is_shown_with_its_numbers_of_today_and_each_change_of_it()
    {
        await SendAsync("one", "u", "1");
        await SendAsync("one", "u", "before", "2023-01-01T00:00:00Z");
        await using var events = await ServerEvents.OpenAsync(Http, "/api/v1/sites/one/stream");
        var snapshot = await events.NextAsync();
        Assert.That((snapshot.Name, snapshot.Json.GetProperty("more").GetBoolean()), Is.EqualTo(("snapshot", false)));
        Assert.That(Tell(snapshot.Json.GetProperty("items")[0]), Is.EqualTo(("one", 1, 1, 1)));

        await SendAsync("other", "u", "2");
        await SendAsync("one", "v", "3");
        var change = await events.NextAsync(next => next.Data.Contains("\"views\":2", StringComparison.Ordinal));
        Assert.That((change.Name, Tell(change.Json)), Is.EqualTo(("change", ("one", 2, 2, 2))));

        await DeleteAsync("/api/v1/sites/one/users/v");
        var erased = await events.NextAsync(next => next.Data.Contains("\"views\":1", StringComparison.Ordinal));
        Assert.That(Tell(erased.Json), Is.EqualTo(("one", 1, 1, 1)));
    }

    [Test]
    public async Task A_client_that_comes_back_is_told_what_has_changed_since()
    {
        await SendAsync("back", "u", "1");
        string? last;
        await using (var events = await ServerEvents.OpenAsync(Http, "/api/v1/sites/back/stream"))
        {
            last = (await events.NextAsync()).Id;
        }

        await SendAsync("back", "v", "2");
        await using var again = await ServerEvents.OpenAsync(Http, "/api/v1/sites/back/stream", last);
        var change = await again.NextAsync(next => next.Name != ServerEvent.Comment);

        Assert.That((change.Name, Tell(change.Json)), Is.EqualTo(("change", ("back", 2, 2, 2))));
    }

    [Test]
    public async Task Unknown_parameters_and_wrong_ids_are_400()
    {
        (await GetAsync("/api/v1/sites/one/stream?tag=x")).AssertWrong("tag");
        (await GetAsync($"/api/v1/sites/{new string('x', 256)}/stream")).AssertWrong("siteId");
    }

    private async Task SendAsync(string site, string user, string eventId, string? timestamp = null)
    {
        var answer = await PostAsync(Route, new { site, type = "page_view", path = "/", user, eventId, timestamp });
        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
    }

    private static (string? Id, int Views, int Visitors, int Now) Tell(JsonElement site) => (
        site.GetProperty("id").GetString(), site.GetProperty("views").GetInt32(), site.GetProperty("visitors").GetInt32(),
        site.GetProperty("visitorsNow").GetInt32());
}
