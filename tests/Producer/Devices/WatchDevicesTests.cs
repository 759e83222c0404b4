using System.Text.Json;
using Contracts.Live;
using Infrastructure.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Producer.Http;
using Tests.Support;

namespace Tests.Producer.Devices;

/// <summary>GET /devices/readings/stream.</summary>
public sealed class WatchDevicesTests : RestTests
{
    private const string Devices = "/api/v1/devices";
    private const string Stream = $"{Devices}/readings/stream";

    [Test]
    public async Task A_device_is_shown_with_its_totals_and_last_readings_and_each_change_of_it()
    {
        for (var i = 0; i < 12; i++)
        {
            await SendAsync("one", i, i);
        }

        await using var events = await ServerEvents.OpenAsync(Http, $"{Stream}?device=one");
        var snapshot = await events.NextAsync();
        Assert.That((snapshot.Name, snapshot.Json.GetProperty("more").GetBoolean()), Is.EqualTo(("snapshot", false)));
        var shown = snapshot.Json.GetProperty("items")[0];
        Assert.That((Text(shown, "id"), Text(shown, "readings"), Text(shown, "cumulativeCount"), Text(shown, "latestTimestamp")),
            Is.EqualTo(("one", "12", "66", "1970-01-01T00:00:11Z")));
        Assert.That(
            shown.GetProperty("recent").EnumerateArray().Select(each => each.GetProperty("count").GetInt64()),
            Is.EqualTo(Enumerable.Range(2, 10).Select(i => (long)i)));

        await SendAsync("other", 1, 1);
        await SendAsync("one", 5, 99);
        await SendAsync("one", 100, 34);
        var change = await events.NextAsync(next => next.Data.Contains("\"readings\":13", StringComparison.Ordinal));
        Assert.That((change.Name, Text(change.Json, "id"), Text(change.Json, "cumulativeCount"), Text(change.Json, "latestTimestamp")),
            Is.EqualTo(("change", "one", "100", "1970-01-01T00:01:40Z")));
        Assert.That(change.Json.GetProperty("recent")[9].GetProperty("count").GetInt64(), Is.EqualTo(34));

        await PostAsync($"{Devices}/adjustments", new { device = "one", timestamp = 100, delta = -4 });
        var adjusted = await events.NextAsync(next => next.Data.Contains("\"cumulativeCount\":96", StringComparison.Ordinal));
        Assert.That(adjusted.Json.GetProperty("recent")[9].GetProperty("count").GetInt64(), Is.EqualTo(30));

        await DeleteAsync($"{Devices}/one");
        var gone = await events.NextAsync(next => next.Name == "gone");
        Assert.That(gone.Data, Is.EqualTo("""{"id":"one"}"""));
    }

    [Test]
    public async Task A_tag_is_shown_with_its_devices_and_those_that_join_and_leave_it()
    {
        await SendAsync("inside", 1, 1);
        await SendAsync("outside", 1, 1);
        await TagAsync("inside", "hall");
        await using var events = await ServerEvents.OpenAsync(Http, $"{Stream}?tag=hall");
        var items = (await events.NextAsync()).Json.GetProperty("items");
        Assert.That((items.GetArrayLength(), Text(items[0], "id")), Is.EqualTo((1, "inside")));

        await SendAsync("outside", 2, 1);
        await SendAsync("inside", 2, 6);
        var change = await events.NextAsync(next => next.Data.Contains("\"cumulativeCount\":7", StringComparison.Ordinal));
        Assert.That((change.Name, Text(change.Json, "id")), Is.EqualTo(("change", "inside")));

        await TagAsync("outside", "hall");
        await TagAsync("inside", "yard");
        var (joined, left) = (await NextAsync("outside"), await NextAsync("inside"));
        Assert.That((joined.Name, left.Name), Is.EqualTo(("change", "gone")));

        Task<ServerEvent> NextAsync(string id) => events.NextAsync(
            next => next.Data.Contains($"\"id\":\"{id}\"", StringComparison.Ordinal)
                && (next.Name == "gone" || next.Data.Contains("hall", StringComparison.Ordinal)));
    }

    [Test]
    public async Task Who_comes_back_is_told_what_it_has_missed()
    {
        await SendAsync("back", 1, 1);
        string? position;
        await using (var events = await ServerEvents.OpenAsync(Http, $"{Stream}?device=back"))
        {
            position = (await events.NextAsync()).Id;
        }

        Assert.That(position, Is.Not.Null);
        await SendAsync("back", 2, 2);
        await SendAsync("back", 3, 3);
        await Task.Delay(300);
        await using var again = await ServerEvents.OpenAsync(Http, $"{Stream}?device=back", position);
        var missed = await again.NextAsync();

        Assert.That((missed.Name, Text(missed.Json, "cumulativeCount")), Is.EqualTo(("change", "6")));
    }

    [Test]
    public async Task All_devices_are_shown_in_pages_and_one_that_is_not_there_yet_when_it_is()
    {
        var readings = Enumerable.Range(0, 450).Select(i => new { device = $"many-{i}", timestamp = 1, count = 1 });
        await PostAsync($"{Devices}/readings", readings);
        await using var all = await ServerEvents.OpenAsync(Http, Stream);
        await using var later = await ServerEvents.OpenAsync(Http, $"{Stream}?device=later");
        var ids = new List<string>();
        ServerEvent page;
        do
        {
            page = await all.NextAsync();
            ids.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(each => Text(each, "id")));
            Assert.That(page.Id is null, Is.EqualTo(page.Json.GetProperty("more").GetBoolean()));
        }
        while (page.Json.GetProperty("more").GetBoolean());

        Assert.That(ids, Is.SupersetOf(Enumerable.Range(0, 450).Select(i => $"many-{i}")).And.Unique);
        Assert.That((await later.NextAsync()).Json.GetProperty("items").GetArrayLength(), Is.Zero);

        await SendAsync("later", 1, 8);

        Assert.That(Text((await later.NextAsync()).Json, "cumulativeCount"), Is.EqualTo("8"));
        await all.NextAsync(next => next.Name == "change" && Text(next.Json, "id") == "later");
    }

    [TestCase("?device=", "device")]
    [TestCase("?device=a/b", "device")]
    [TestCase("?device=readings", "device")]
    [TestCase("?tag=", "tag")]
    [TestCase("?device=a&tag=b", "tag")]
    [TestCase("?device=a&device=b", "device")]
    [TestCase("?site=a", "site")]
    public async Task A_wrong_parameter_is_400_and_named(string query, string name) => (await GetAsync(Stream + query)).AssertWrong(name);

    [Test]
    public async Task A_tenant_is_shown_its_own_devices_only()
    {
        using var app = new HostedStandalone(services => services.AddSingleton<IRequestTenant, HeaderTenant>());
        using var http = app.CreateClient();
        await using var theirs = await ServerEvents.OpenAsync(http, Stream, tenant: "acme");
        await using var ours = await ServerEvents.OpenAsync(http, $"{Stream}?device=d");
        await theirs.NextAsync();
        var begin = await ours.NextAsync();

        await SendAsync("other", 1);
        await SendAsync("acme", 2);
        await SendAsync(null, 4);

        Assert.That(Text((await ours.NextAsync()).Json, "cumulativeCount"), Is.EqualTo("4"));
        Assert.That(Text((await theirs.NextAsync()).Json, "cumulativeCount"), Is.EqualTo("2"));
        await using var stolen = await ServerEvents.OpenAsync(http, $"{Stream}?device=d", begin.Id, tenant: "acme");
        Assert.That((await stolen.NextAsync()).Data, Does.Not.Contain("\"cumulativeCount\":4"), "a position shows nothing of another's");

        async Task SendAsync(string? tenant, int count)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{Devices}/readings")
            {
                Content = Content(new { device = "d", timestamp = 1, count }),
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
    public async Task In_a_cluster_without_redis_there_is_none()
    {
        using var app = new HostedStandalone(services => services.Replace(ServiceDescriptor.Singleton<ILiveFeed, UnsharedFeed>()));
        using var http = app.CreateClient();

        (await Answer.ReadAsync(await http.GetAsync(Stream))).AssertProblem(501);
    }

    private async Task SendAsync(string device, int at, int count)
    {
        var answer = await PostAsync($"{Devices}/readings", new { device, timestamp = at, count });
        Assert.That(answer.Status, Is.AnyOf(200, 201), answer.Text);
    }

    private async Task TagAsync(string device, params string[] tags) =>
        Assert.That((await SendAsync(HttpMethod.Put, $"{Devices}/{device}", Content(new { tags }))).Status, Is.EqualTo(200));

    private static string Text(JsonElement json, string property) => json.GetProperty(property).ToString();
}
