using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tests.Support;

namespace Tests.Producer.Items;

/// <summary>The first item service's routes: shapes, statuses and errors.</summary>
public sealed partial class SeedItemsTests : ItemTestBase
{
    private const string Unknown = "019a4c1e-7b52-7c1a-9f60-000000000000";

    [Test]
    public async Task Users_base_items_and_items_have_the_seeds_shapes_and_can_be_used_at_once()
    {
        var user = await PostAsync("/users");
        Assert.That((user.Status, user.MediaType), Is.EqualTo((201, "application/json")));
        Assert.That(user.Json.EnumerateObject().Select(each => each.Name), Is.EqualTo(new[] { "id" }));
        var baseItem = await PostAsync("/base-items", new { description = "A chair." });
        Assert.That((baseItem.Status, baseItem["description"]), Is.EqualTo((201, "A chair.")));
        var item = await PostAsync("/items", new { base_item_id = baseItem["id"] });
        Assert.That(item.Status, Is.EqualTo(201), item.Text);
        Assert.That(item.Json.EnumerateObject().Select(each => each.Name), Is.EqualTo(new[] { "id", "base_item_id", "created_at" }));
        Assert.That(item["base_item_id"], Is.EqualTo(baseItem["id"]));
        Assert.That(item["created_at"], Does.Match(Instant()));

        (await GetAsync($"/items/{item["id"]}/owner")).AssertProblem(404);
        var transfer = await SendAsync(HttpMethod.Put, $"/items/{item["id"]}/ownership", Content(new { to = user["id"] }));
        Assert.That((transfer.Status, transfer.Text), Is.EqualTo((204, string.Empty)));
        Assert.That(transfer.Headers.GetValues("X-Tracking-Id").Single(), Has.Length.GreaterThan(20));
        Assert.That((await GetAsync($"/items/{item["id"]}/owner"))["id"], Is.EqualTo(user["id"]));
        Assert.That((await GetAsync($"/items/{item["id"]}")).Text, Is.EqualTo(item.Text));
        Assert.That(await OwnerAsync(item["id"]), Is.EqualTo(user["id"]), "the platform's own routes tell the same");
    }

    [Test]
    public async Task An_idempotency_key_makes_repeating_safe_and_tells_what_was_created()
    {
        var (one, other) = (await NewBaseItemAsync(), await NewBaseItemAsync());
        var first = await PostAsync("/items", new { base_item_id = one }, ("Idempotency-Key", "seed-1"));
        var again = await PostAsync("/items", new { base_item_id = other }, ("Idempotency-Key", "seed-1"));
        Assert.That((again.Status, again.Text), Is.EqualTo((201, first.Text)), "the first one stays");
        var user = await NewUserAsync();
        for (var i = 0; i < 2; i++)
        {
            var path = $"/items/{first["id"]}/ownership";
            Assert.That(
                (await SendAsync(HttpMethod.Put, path, Content(new { to = user }), ("Idempotency-Key", "t"))).Status, Is.EqualTo(204));
        }

        var history = await GetAsync($"{Items}/{first["id"]}/history");
        Assert.That(history.Json.GetProperty("items").GetArrayLength(), Is.EqualTo(1));
        var described = await PostAsync("/base-items", new { description = "a" }, ("Idempotency-Key", "seed-2"));
        var repeated = await PostAsync("/base-items", new { description = "b" }, ("Idempotency-Key", "seed-2"));
        Assert.That(repeated.Text, Is.EqualTo(described.Text));
    }

    [TestCase("POST", "/users", """{"name":"x"}""", "name")]
    [TestCase("POST", "/users", "[]", "$")]
    [TestCase("POST", "/base-items", "{}", "description")]
    [TestCase("POST", "/base-items", """{"description":5}""", "description")]
    [TestCase("POST", "/base-items", "", "description")]
    [TestCase("POST", "/items", "{}", "base_item_id")]
    [TestCase("POST", "/items", """{"base_item_id":"x"}""", "base_item_id")]
    [TestCase("POST", "/items", """{"base_item_id":"019a4c1e-7b52-7c1a-9f60-000000000000","id":"x"}""", "id")]
    [TestCase("POST", "/items", "{", "$")]
    [TestCase("PUT", "/items/x/ownership", """{"to":null}""", "to")]
    [TestCase("PUT", "/items/x/ownership", """{"to":"x"}""", "to")]
    [TestCase("PUT", "/items/x/ownership", """{"to":"019a4c1e-7b52-7c1a-9f60-000000000000","from":"x"}""", "from")]
    public async Task A_bad_request_is_400_and_names_the_field(string method, string path, string body, string field) =>
        (await SendAsync(new HttpMethod(method), path, Content(Encoding.UTF8.GetBytes(body)))).AssertWrong(field);

    [Test]
    public async Task Unknown_ids_are_404_and_other_types_415()
    {
        var (item, user) = (await NewItemAsync(), await NewUserAsync());
        (await PostAsync("/items", new { base_item_id = Unknown })).AssertProblem(404);
        foreach (var (of, to) in new[] { (Unknown, user), ("x", user), (item, Unknown), (item, item) })
        {
            (await SendAsync(HttpMethod.Put, $"/items/{of}/ownership", Content(new { to }))).AssertProblem(404);
        }

        (await GetAsync("/items/x")).AssertProblem(404);
        (await GetAsync($"/items/{Unknown}/owner")).AssertProblem(404);
        (await GetAsync("/statistics/transfers/decade")).AssertProblem(404);
        (await SendAsync(HttpMethod.Post, "/users", Content("{}", "text/plain"))).AssertProblem(415);
    }

    [Test]
    public async Task A_stream_tells_the_whole_series_on_connecting_and_on_every_change_at_most_five_times_a_second()
    {
        var (item, user) = (await NewItemAsync(), await NewUserAsync());
        await TransferAsync(item, user, "1985-01-01T00:00:00Z");
        await TransferAsync(item, user, "1985-02-01T00:00:00Z");
        using var http = await Http.GetAsync("/statistics/transfers/month", HttpCompletionOption.ResponseHeadersRead);
        Assert.That(http.Headers.GetValues("Access-Control-Allow-Origin"), Is.EqualTo(new[] { "*" }));
        await using var events = await ServerEvents.OpenAsync(Http, "/statistics/transfers/month");
        var first = await events.NextAsync();
        Assert.That((first.Name, first.Id), Is.EqualTo(("message", (string?)null)), "unnamed, without an id");
        Assert.That(first.Data, Does.EndWith(
            """{"time":"1985-02-01T00:00:00.000Z","count":"1"},{"time":"1985-01-01T00:00:00.000Z","count":"1"}]"""));

        const int Transfers = 60;
        var (told, begin) = (0, TimeProvider.System.GetTimestamp());
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Transfers; i++)
            {
                await TransferAsync(item, user, "1985-02-02T00:00:00Z");
                await Task.Delay(20);
            }
        });
        ServerEvent next;
        do
        {
            next = await events.NextAsync();
            told++;
            Assert.That(next.Name, Is.EqualTo("message"));
        }
        while (!next.Data.Contains($$"""{"time":"1985-02-01T00:00:00.000Z","count":"{{Transfers + 1}}"}""", StringComparison.Ordinal));

        await sending;
        Assert.That(told, Is.LessThanOrEqualTo(1 + (5 * TimeProvider.System.GetElapsedTime(begin).TotalSeconds)));
    }

    [Test]
    public async Task A_stream_of_created_items_has_the_newest_thousand_points_newest_first()
    {
        var baseItem = await NewBaseItemAsync();
        await PostAsync(Items, Enumerable.Range(0, 1_005).Select(i => new { baseItem, timestamp = 631_152_000 + (i * 60L) }));
        await using var events = await ServerEvents.OpenAsync(Http, "/statistics/item-creation/minute");

        var series = JsonDocument.Parse((await events.NextAsync()).Data).RootElement.EnumerateArray().ToList();

        Assert.That(series, Has.Count.EqualTo(1_000));
        var times = series.Select(each => each.GetProperty("time").GetString()!).ToList();
        Assert.That(times, Is.Ordered.Descending.And.All.Match(Instant()));
        Assert.That(series[^1].GetProperty("count").GetString(), Is.EqualTo("1"));
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", RegexOptions.None, 1000)]
    private static partial Regex Instant();
}
