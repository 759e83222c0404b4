using System.Text.Json;
using Contracts.Live;
using Infrastructure.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Producer.Http;
using Producer.Timers;
using Tests.Support;

namespace Tests.Producer;

/// <summary>GET /timers/stream.</summary>
public sealed class WatchTimersTests : RestTests
{
    private const string Stream = $"{Timers}/stream";

    [Test]
    public async Task A_timer_is_told_when_it_is_created_changed_fired_and_erased()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var events = await ServerEvents.OpenAsync(Http, $"{Stream}?timer=one");
        Assert.That((await events.NextAsync()).Data, Is.EqualTo("""{"items":[],"more":false}"""), "it is not there yet");
        Assert.That(events.Retry, Is.InRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)), "when to come back, if it is cut");

        await CreateAsync(new
        {
            id = "one",
            url = receiver.At("/hook"),
            delay = "PT1H",
            body = new { secret = "body" },
            headers = new { x = "secret header" },
            metadata = new { secret = "metadata" },
            tags = new[] { "a", "b" },
        });
        var created = await BecomesAsync("scheduled");
        Assert.That(
            (Text(created, "id"), Text(created, "attempts"), Text(created, "url"), Text(created, "tags")),
            Is.EqualTo(("one", "0", receiver.At("/hook").ToString(), """["a","b"]""")));
        Assert.That(created.GetRawText(), Does.Not.Contain("secret"), "what it sends is not told");

        await PostAsync($"{Timers}/one/pause");
        await BecomesAsync("paused");
        await PostAsync($"{Timers}/one/fire");
        var fired = await BecomesAsync("succeeded");
        Assert.That(Text(fired.GetProperty("lastAttempt"), "status"), Is.EqualTo("200"));
        Assert.That(fired.TryGetProperty("nextAt", out _), Is.False);

        Assert.That((await DeleteAsync($"{Timers}/one")).Status, Is.EqualTo(204));
        Assert.That((await events.NextAsync(next => next.Name == "gone")).Data, Is.EqualTo("""{"id":"one"}"""));

        async Task<JsonElement> BecomesAsync(string state) =>
            (await events.NextAsync(next => next.Name == "change" && Text(next.Json, "state") == state)).Json;
    }

    [Test]
    public async Task An_id_that_the_service_chose_is_watched_in_either_case()
    {
        var id = await CreateIdAsync();
        await using var events = await ServerEvents.OpenAsync(Http, $"{Stream}?timer={id.ToUpperInvariant()}");
        Assert.That(Text((await events.NextAsync()).Json.GetProperty("items")[0], "id"), Is.EqualTo(id));

        await PostAsync($"{Timers}/{id}/cancel");

        var cancelled = await events.NextAsync(next => next.Data.Contains("cancelled", StringComparison.Ordinal));
        Assert.That((cancelled.Name, Text(cancelled.Json, "id")), Is.EqualTo(("change", id)));
    }

    [Test]
    public async Task All_are_told_what_was_created_and_what_failed_and_a_tag_only_its_own()
    {
        await using var all = await ServerEvents.OpenAsync(Http, Stream);
        await using var tagged = await ServerEvents.OpenAsync(Http, $"{Stream}?tag=orders");
        await LastPageAsync(all);
        Assert.That((await tagged.NextAsync()).Data, Is.EqualTo("""{"items":[],"more":false}"""));

        var other = await CreateIdAsync();
        var failing = await CreateIdAsync(
            new { url = Target, delay = "PT0S", tags = new[] { "orders" }, retry = new { attempts = 1 } });

        await all.NextAsync(IsOf("change", other));
        var failed = await all.NextAsync(next => IsOf("change", failing)(next) && Text(next.Json, "state") == "failed");
        Assert.That(Text(failed.Json, "attempts"), Is.EqualTo("1"));
        ServerEvent first;
        do
        {
            first = await tagged.NextAsync();
            Assert.That(Text(first.Json, "id"), Is.EqualTo(failing), "nothing of others");
        }
        while (Text(first.Json, "state") != "failed");

        await DeleteAsync($"{Timers}/{failing}");
        Assert.That((await tagged.NextAsync(next => next.Name == "gone")).Data, Is.EqualTo($$"""{"id":"{{failing}}"}"""));
    }

    [Test]
    public async Task A_tag_is_told_of_those_that_join_and_leave_it()
    {
        var (joins, leaves) = (await CreateIdAsync(), await CreateIdAsync(new { url = Target, delay = "PT1H", tags = new[] { "hall" } }));
        await using var events = await ServerEvents.OpenAsync(Http, $"{Stream}?tag=hall");
        var items = (await events.NextAsync()).Json.GetProperty("items");
        Assert.That((items.GetArrayLength(), Text(items[0], "id")), Is.EqualTo((1, leaves)));

        await PatchAsync($"{Timers}/{joins}", new { tags = new[] { "hall", "x" } });
        await events.NextAsync(IsOf("change", joins));
        await PatchAsync($"{Timers}/{leaves}", new { tags = new[] { "yard" } });
        await events.NextAsync(IsOf("gone", leaves));
    }

    [Test]
    public async Task A_snapshot_has_the_newest_in_pages_and_the_position_at_its_end()
    {
        // A service of its own: that so many have changed is told to all watchers as another snapshot.
        using var app = new HostedStandalone();
        using var http = app.CreateClient();
        var batch = Enumerable.Range(0, TimerLive.Newest + 50).Select(i => new { id = $"many-{i}", url = Target, delay = "PT1H" });
        Assert.That((await Answer.ReadAsync(await http.PostAsync($"{Timers}/batch", Content(batch)))).Status, Is.EqualTo(201));
        await using var events = await ServerEvents.OpenAsync(http, Stream);
        var ids = new List<string>();
        ServerEvent page;
        do
        {
            page = await events.NextAsync();
            ids.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(each => Text(each, "id")));
            Assert.That(page.Id is null, Is.EqualTo(page.Json.GetProperty("more").GetBoolean()));
        }
        while (page.Json.GetProperty("more").GetBoolean());

        Assert.That(ids, Has.Count.EqualTo(TimerLive.Newest).And.Unique);
        var listed = (await Answer.ReadAsync(await http.GetAsync($"{Timers}?limit={TimerLive.Newest}"))).Json.GetProperty("items");
        Assert.That(ids, Is.EqualTo(listed.EnumerateArray().Select(each => Text(each, "id"))), "as they are listed");
    }

    [Test]
    public async Task Who_comes_back_is_told_what_it_has_missed()
    {
        string? position;
        await using (var events = await ServerEvents.OpenAsync(Http, Stream))
        {
            position = await LastPageAsync(events);
        }

        var id = await CreateIdAsync();
        await PostAsync($"{Timers}/{id}/cancel");

        // Until it is in the feed: what comes then was replayed, whatever came before it.
        await using (var watching = await ServerEvents.OpenAsync(Http, Stream, position))
        {
            await watching.NextAsync(next => IsOf("change", id)(next) && Text(next.Json, "state") == "cancelled");
        }

        await using var again = await ServerEvents.OpenAsync(Http, Stream, position);
        var missed = await again.NextAsync();
        Assert.That(missed.Name, Is.EqualTo("change"), "and no snapshot");
        while (Text(missed.Json, "id") != id)
        {
            missed = await again.NextAsync();
        }

        Assert.That(Text(missed.Json, "state"), Is.EqualTo("cancelled"), "as it is by now");
    }

    [TestCase("?timer=", "timer")]
    [TestCase("?timer=a/b", "timer")]
    [TestCase("?timer=stream", "timer")]
    [TestCase("?tag=", "tag")]
    [TestCase("?timer=a&tag=b", "tag")]
    [TestCase("?tag=a&tag=b", "tag")]
    [TestCase("?state=failed", "state")]
    public async Task A_wrong_parameter_is_400_and_named(string query, string name) => (await GetAsync(Stream + query)).AssertWrong(name);

    [Test]
    public async Task A_tenant_is_told_of_its_own_timers_only()
    {
        using var app = new HostedStandalone(services => services.AddSingleton<IRequestTenant, HeaderTenant>());
        using var http = app.CreateClient();
        await using var theirs = await ServerEvents.OpenAsync(http, Stream, tenant: "acme");
        await using var ours = await ServerEvents.OpenAsync(http, $"{Stream}?timer=t");
        await theirs.NextAsync();
        var begin = await ours.NextAsync();

        await CreateAsync("acme", 2);
        await CreateAsync(null, 1);

        Assert.That(Text((await ours.NextAsync()).Json, "url"), Is.EqualTo($"{Target}/1"));
        Assert.That(Text((await theirs.NextAsync()).Json, "url"), Is.EqualTo($"{Target}/2"));
        await using var stolen = await ServerEvents.OpenAsync(http, $"{Stream}?timer=t", begin.Id, tenant: "acme");
        Assert.That((await stolen.NextAsync()).Data, Does.Not.Contain($"{Target}/1"), "a position shows nothing of another's");

        async Task CreateAsync(string? tenant, int number)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Timers)
            {
                Content = Content(new { id = "t", url = $"{Target}/{number}", delay = "PT1H" }),
            };
            if (tenant is not null)
            {
                request.Headers.Add(HeaderTenant.Header, tenant);
            }

            using var answer = await http.SendAsync(request);
            Assert.That((int)answer.StatusCode, Is.EqualTo(201));
        }
    }

    [Test]
    public async Task A_websocket_is_told_the_same()
    {
        var id = await CreateIdAsync();
        using var socket = await SocketEvents.OpenAsync(Http.BaseAddress!, $"{Stream}?timer={id}");
        var snapshot = await socket.NextAsync();
        Assert.That(Text(snapshot.Json.GetProperty("items")[0], "state"), Is.EqualTo("scheduled"));

        await PostAsync($"{Timers}/{id}/cancel");

        var change = await socket.NextAsync(next => next.Data.Contains("cancelled", StringComparison.Ordinal));
        Assert.That((change.Name, Text(change.Json, "id")), Is.EqualTo(("change", id)));
    }

    [Test]
    public async Task In_a_cluster_without_redis_there_is_none()
    {
        using var app = new HostedStandalone(services => services.Replace(ServiceDescriptor.Singleton<ILiveFeed, UnsharedFeed>()));
        using var http = app.CreateClient();

        (await Answer.ReadAsync(await http.GetAsync(Stream))).AssertProblem(501);
    }

    private static async Task<string?> LastPageAsync(ServerEvents events) =>
        (await events.NextAsync(next => !next.Json.GetProperty("more").GetBoolean())).Id;

    private static Func<ServerEvent, bool> IsOf(string name, string id) => next => next.Name == name && Text(next.Json, "id") == id;

    private static string Text(JsonElement json, string property) => json.GetProperty(property).ToString();
}
