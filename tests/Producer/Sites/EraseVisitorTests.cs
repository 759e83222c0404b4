using System.Globalization;
using System.Text;
using System.Text.Json;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Sites;
using Microsoft.Extensions.DependencyInjection;

namespace Tests.Producer.Sites;

/// <summary>Erasures of users and visitors, whatever their ids are, also out of dead letters.</summary>
public sealed class EraseVisitorTests : RestTests
{
    private const string Route = "/api/v1/sites/events";
    private static int made;

    private static string NewSite() => $"erase-{Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture)}.example";

    [TestCase("a%2Fb")]
    [TestCase("a%2fb")]
    [TestCase("a%252Fb")]
    [TestCase("a/b")]
    [TestCase("a b+c%")]
    [TestCase("größe/😀?#&=")]
    [TestCase("...")]
    public async Task A_user_is_erased_by_path_and_nobody_else_is(string user)
    {
        var site = NewSite();
        await SendAsync(site, user, "a%2Fb", "a%2fb", "a%252Fb", "a/b", "other");

        var erased = await DeleteAsync($"/api/v1/sites/{site}/users/{Uri.EscapeDataString(user)}");

        Assert.That(erased.Status, Is.EqualTo(204), erased.Text);
        Assert.That(
            await UsersAsync(site), Is.EquivalentTo(new[] { "a%2Fb", "a%2fb", "a%252Fb", "a/b", "other" }.Where(each => each != user)));
    }

    [TestCase(".")]
    [TestCase("..")]
    [TestCase("a%2Fb")]
    [TestCase("a/b")]
    [TestCase("a b+c%&user=x")]
    public async Task Any_user_is_erased_by_the_query_and_nobody_else_is(string user)
    {
        var site = NewSite();
        await SendAsync(site, user, "a%2Fb", "a/b", "other");

        var erased = await DeleteAsync($"/api/v1/sites/{site}/users?user={Uri.EscapeDataString(user)}");

        Assert.That(erased.Status, Is.EqualTo(204), erased.Text);
        Assert.That(await UsersAsync(site), Is.EquivalentTo(new[] { "a%2Fb", "a/b", "other" }.Where(each => each != user)));
        Assert.That(
            (await GetAsync($"/api/v1/events/{erased.Headers.GetValues("X-Tracking-Id").Single()}"))["state"], Is.EqualTo("applied"));
    }

    [TestCase("/users", "user")]
    [TestCase("/users?user=", "user")]
    [TestCase("/users?user=a&user=b", "user")]
    [TestCase("/users?name=a", "name")]
    public async Task An_erasure_by_the_query_that_names_nobody_is_400(string path, string field) =>
        (await DeleteAsync($"/api/v1/sites/x{path}")).AssertWrong(field);

    [Test]
    public async Task A_site_is_erased_whole_and_begins_anew_under_the_same_ids()
    {
        var site = NewSite();
        var body = new { site, type = "page_view", path = "/", user = "u", eventId = "1" };
        var first = await PostAsync(Route, body);

        var erased = await DeleteAsync($"/api/v1/sites/{site}/events");

        Assert.That(erased.Status, Is.EqualTo(204), erased.Text);
        (await GetAsync($"/api/v1/sites/{site}/stats")).AssertProblem(404);
        var again = await PostAsync(Route, body);
        Assert.That((again.Status, (await GetAsync($"/stats?site_id={site}"))["total_views"]), Is.EqualTo((201, "1")));
        (await GetAsync($"/api/v1/events/{first["trackingId"]}")).AssertProblem(404);
        Assert.That(
            (await GetAsync($"/api/v1/events/{erased.Headers.GetValues("X-Tracking-Id").Single()}"))["state"], Is.EqualTo("applied"));
        (await DeleteAsync("/api/v1/sites/%20%0A/events")).AssertWrong("siteId");
        Assert.That((await DeleteAsync($"/api/v1/sites/{site}")).Status, Is.AnyOf(404, 405), "what `users/..` would become erases nothing");
    }

    [Test]
    public async Task An_erasure_in_an_unknown_site_makes_none()
    {
        var site = NewSite();

        Assert.That((await DeleteAsync($"/api/v1/sites/{site}/users/u")).Status, Is.EqualTo(204));

        (await GetAsync($"/api/v1/sites/{site}/stats")).AssertProblem(404);
        Assert.That((await GetAsync("/api/v1/sites?limit=1000")).Text, Does.Not.Contain(site));
    }

    [Test]
    public async Task Events_of_an_erased_user_go_out_of_dead_letters_and_those_of_others_stay()
    {
        var (site, letters) = (NewSite(), App.Services.GetRequiredService<IDeadLetterStore>());
        var shared = await AddAsync(site, Whole(("1", "gone"), ("2", "stays")));
        var own = await AddAsync(site, Whole(("3", "gone")), DeadLetterState.Replayed);
        var broken = await AddAsync(site, """{"site":"SITE","events":[{"user":"gone\u0022""");
        var named = await AddAsync(site, """{"site":"SITE","user":"gone",""");
        var other = await AddAsync($"{site}.other", Whole(("1", "gone")));

        await DeleteAsync($"/api/v1/sites/{site}/users/gone");

        var left = await letters.FindAsync("default", shared.Id, default);
        Assert.That(Encoding.UTF8.GetString(left!.Content.Span), Does.Contain("stays").And.Not.Contain("gone"));
        Assert.That(SiteMessages.Received.Read(left.Content.Span).Events, Has.Count.EqualTo(1));
        foreach (var gone in new[] { own, broken, named })
        {
            Assert.That(await letters.FindAsync("default", gone.Id, default), Is.Null);
        }

        Assert.That((await letters.FindAsync("default", other.Id, default))?.Version, Is.EqualTo(1));

        static string Whole(params (string Id, string User)[] events) => """{"site":"SITE","events":["""
            + string.Join(',', events.Select(each => $$"""{"at":1,"type":"t","path":"/","eventId":"{{each.Id}}","user":"{{each.User}}"}"""))
            + """],"stamp":{"receivedAt":"2023-01-01T00:00:00Z"}}""";

        async Task<DeadLetter> AddAsync(string key, string content, DeadLetterState state = DeadLetterState.Open)
        {
            var position = new LogPosition(Guid.NewGuid(), 0, 7);
            var letter = new DeadLetter
            {
                Id = DeadLetter.IdOf(SiteMessages.Topic, position),
                Topic = SiteMessages.Topic,
                Type = SiteMessages.Received.Name,
                Key = key,
                Content = Encoding.UTF8.GetBytes(content.Replace("SITE", key, StringComparison.Ordinal)),
                Position = position,
                Reason = "It does not compute.",
                DiedAt = TimeProvider.System.GetUtcNow(),
                State = state,
            };
            await letters.AddAsync(letter, default);
            if (state != DeadLetterState.Open)
            {
                await letters.TryReplaceAsync(letter, letter with { Version = 2 }, default);
            }

            return letter;
        }
    }

    private async Task SendAsync(string site, params string[] users)
    {
        var answer = await PostAsync(Route, users.Distinct().Select(user => new { site, type = "page_view", path = "/", user }).ToArray());
        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
    }

    private async Task<List<string>> UsersAsync(string site) =>
        [.. (await GetAsync($"/api/v1/sites/export?site={site}")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("user").GetString()!)];
}
