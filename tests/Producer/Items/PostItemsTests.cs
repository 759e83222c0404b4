using System.Globalization;
using System.Text;

namespace Tests.Producer.Items;

/// <summary>The routes that take users, base items, items and transfers: forms of bodies, ids, results, repetitions.</summary>
public sealed class PostItemsTests : ItemTestBase
{
    private const string Ndjson = "application/x-ndjson";
    private const string Unknown = "019a4c1e-7b52-7c1a-9f60-000000000000";

    [Test]
    public async Task What_is_created_can_be_read_and_referred_to_at_once()
    {
        var user = await NewUserAsync();
        var baseItem = await NewAsync($"{Items}/base-items", new { description = "A \"red\" chair,\nnew.", timestamp = 1_672_531_200 });
        var created = await PostAsync(Items, new { baseItem, timestamp = "2023-01-01T00:00:00.1234567Z" });
        await PostAsync($"{Items}/transfers", new { item = created["id"], to = user, timestamp = "2023-01-02T00:00:00Z", eventId = "t" });

        Assert.That((await GetAsync($"{Items}/users/{user}"))["id"], Is.EqualTo(user));
        var read = await GetAsync($"{Items}/base-items/{baseItem}");
        Assert.That((read["description"], read["createdAt"]), Is.EqualTo(("A \"red\" chair,\nnew.", "2023-01-01T00:00:00Z")));
        var item = await GetAsync(created.Headers.Location!.ToString());
        Assert.That(
            (item["id"], item["baseItem"], item["createdAt"], item["owner"]),
            Is.EqualTo((created["id"], baseItem, "2023-01-01T00:00:00.1234567Z", user)));
        var owner = await GetAsync($"{Items}/{created["id"]}/owner");
        Assert.That((owner["owner"], owner["since"], owner["eventId"]), Is.EqualTo((user, "2023-01-02T00:00:00Z", "t")));
        var tracked = await GetAsync($"/api/v1/events/{created.Headers.GetValues("X-Tracking-Id").Single()}");
        Assert.That((tracked["state"], tracked["location"]), Is.EqualTo(("applied", $"{Items}/{created["id"]}")));
    }

    [TestCase("users", """ "timestamp":1672531200 """)]
    [TestCase("base-items", """ "description":"first" """)]
    public async Task An_event_id_that_is_no_uuid_has_an_id_made_of_it_so_that_a_repetition_creates_nothing_more(string kind, string fields)
    {
        var path = $"{Items}/{kind}";
        var first = await PostAsync(path, $$"""{ {{fields}}, "eventId":"shop-17" }""");
        var again = await PostAsync(path, $$"""{ {{fields}}, "eventId":"shop-17" }""");
        var keyed = await PostAsync(path, $$"""{ {{fields}} }""", ("Idempotency-Key", "shop-17"));
        var many = await PostAsync(path, $$"""[{ {{fields}} }]""", ("Idempotency-Key", "shop-17"));

        Assert.That((first.Status, again.Status, again["duplicate"], keyed.Status), Is.EqualTo((201, 200, "True", 200)), first.Text);
        Assert.That(Guid.Parse(first["id"]).Version, Is.EqualTo(8));
        Assert.That((again["id"], keyed["id"]), Is.EqualTo((first["id"], first["id"])));
        Assert.That(many.Json.GetProperty("results")[0].GetProperty("id").GetString(), Is.Not.EqualTo(first["id"]), "it is shop-17/0");
        Assert.That((await GetAsync($"/api/v1/events/{again["trackingId"]}"))["state"], Is.EqualTo("duplicate"));
    }

    [Test]
    public async Task An_event_id_that_is_a_uuid_is_the_id_and_the_first_of_it_stays()
    {
        var id = Guid.NewGuid().ToString();
        await NewAsync($"{Items}/base-items", new { description = "first", eventId = id.ToUpperInvariant() });
        var again = await PostAsync($"{Items}/base-items", new { description = "second", eventId = id });

        Assert.That((again.Status, again["id"]), Is.EqualTo((200, id)));
        Assert.That((await GetAsync($"{Items}/base-items/{id}"))["description"], Is.EqualTo("first"));
        Assert.That(await NewAsync($"{Items}/users", new { eventId = id }), Is.EqualTo(id), "of another kind it is another thing");
        Assert.That(Guid.Parse(await NewUserAsync()).Version, Is.EqualTo(7));
    }

    [TestCase("application/json", "[", ",", "]")]
    [TestCase(Ndjson, "", "\n", "")]
    public async Task Many_transfers_are_answered_one_by_one_in_order(string type, string begin, string between, string end)
    {
        var (item, user) = (await NewItemAsync(), await NewUserAsync());
        string[] transfers =
        [
            $$"""{"item":"{{item}}","to":"{{user}}","eventId":"1"}""",
            $$"""{"item":"{{item}}","to":"{{user}}","eventId":"1"}""",
            $$"""{"item":"{{item}}","to":"{{Unknown}}"}""",
            $$"""{"item":"{{user}}","to":"{{item}}"}""",
            """{"item":"x"}""",
            "7",
        ];

        var answer = await SendAsync(
            HttpMethod.Post, $"{Items}/transfers", Content(begin + string.Join(between, transfers) + end, type));

        Assert.That(
            (answer.Status, answer["accepted"], answer["duplicates"], answer["refused"]), Is.EqualTo((207, "2", "1", "4")), answer.Text);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.That(results.Select(each => each.GetProperty("status").GetInt32()), Is.EqualTo(new[] { 201, 200, 404, 404, 400, 400 }));
        Assert.That(
            results.Select(each => each.GetProperty("retryable").GetBoolean()),
            Is.EqualTo(new[] { false, false, true, true, false, false }));
        Assert.That(results[2].GetProperty("reason").GetString(), Is.EqualTo($"There is no user with the id '{Unknown}'."));
        Assert.That(results[3].GetProperty("reason").GetString(), Does.Contain("no item").And.Contain("no user"));
        Assert.That(
            results[4].GetProperty("errors").EnumerateObject().Select(each => each.Name), Is.EquivalentTo(new[] { "item", "to" }));
    }

    [Test]
    public async Task A_request_of_ten_thousand_is_stored_whole_and_one_more_is_refused()
    {
        var (baseItem, user) = (await NewBaseItemAsync(), await NewUserAsync());
        var items = Enumerable.Range(0, 10_000).Select(i => new { baseItem, eventId = $"many-{i}" }).ToArray();

        var answer = await PostAsync(Items, items);
        Assert.That((answer.Status, answer["accepted"]), Is.EqualTo((201, "10000")));
        var again = await PostAsync(Items, items);
        Assert.That((again.Status, again["duplicates"]), Is.EqualTo((201, "10000")));
        var transfers = answer.Json.GetProperty("results").EnumerateArray().Select(each => new
        {
            item = each.GetProperty("id").GetString(),
            to = user,
            timestamp = "2001-01-01T00:00:00Z",
        }).ToArray();
        Assert.That((await PostAsync($"{Items}/transfers", transfers))["accepted"], Is.EqualTo("10000"));
        var year = await GetAsync($"{Items}/statistics/transfers/year?from=2001-01-01T00:00:00Z&to=2002-01-01T00:00:00Z");
        Assert.That(Tell(year.Json.GetProperty("points")), Is.EqualTo("2001-01-01T00:00:00Z 10000"));
        (await PostAsync(Items, items.Append(items[0]))).AssertWrong("$");
        Assert.That((await PostAsync(Items, "[]")).Status, Is.EqualTo(200), "there is nothing to refuse");
    }

    [Test]
    public async Task CloudEvents_are_accepted_structured_in_batches_and_binary()
    {
        var (item, user) = (await NewItemAsync(), await NewUserAsync());
        string Event(int at) => $$"""
            {"specversion":"1.0","id":"{{at}}","source":"/shops","type":"item.transfer","subject":"{{item}}",
             "time":"2023-01-01T00:00:0{{at}}Z","data":{"to":"{{user}}"} }
            """;

        var structured = await SendAsync(
            HttpMethod.Post, $"{Items}/transfers", Content(Event(1), "application/cloudevents+json; charset=utf-8"));
        var batch = await SendAsync(
            HttpMethod.Post, $"{Items}/transfers", Content($"[{Event(3)},{Event(2)},{{}}]", "application/cloudevents-batch+json"));
        var binary = await SendAsync(
            HttpMethod.Post, $"{Items}/transfers", Content($$"""{"to":"{{user}}"}"""), ("ce-specversion", "1.0"), ("ce-id", "4"),
            ("ce-source", "/shops"), ("ce-type", "item.transfer"), ("ce-subject", item), ("ce-time", "2023-01-01T00:00:04Z"));

        Assert.That((structured.Status, structured["eventId"]), Is.EqualTo((201, "/shops 1")), structured.Text);
        Assert.That((batch.Status, batch["accepted"]), Is.EqualTo((207, "2")), batch.Text);
        Assert.That(binary.Status, Is.EqualTo(201), binary.Text);
        var history = await GetAsync($"{Items}/{item}/history");
        Assert.That(
            history.Json.GetProperty("items").EnumerateArray().Select(each => each.GetProperty("eventId").GetString()),
            Is.EqualTo(new[] { "/shops 1", "/shops 2", "/shops 3", "/shops 4" }));
    }

    [TestCase("users", """{"other":1}""", "other")]
    [TestCase("users", """{"eventId":""}""", "eventId")]
    [TestCase("users", """{"eventId":7}""", "eventId")]
    [TestCase("users", """{"eventId":"a\nb"}""", "eventId")]
    [TestCase("users", """{"timestamp":"2023-01-01T00:00:00"}""", "timestamp")]
    [TestCase("users", """{"timestamp":"2999-01-01T00:00:00Z"}""", "timestamp")]
    [TestCase("users", "[[]", "$")]
    [TestCase("users", "{}x", "$")]
    [TestCase("users", "", "$")]
    [TestCase("users", "null", "$")]
    [TestCase("base-items", "{}", "description")]
    [TestCase("base-items", """{"description":7}""", "description")]
    [TestCase("base-items", """{"description":"\ud800"}""", "description")]
    [TestCase("base-items", """{"description":"a\u0000b"}""", "description")]
    [TestCase("base-items", """{"description":"a","description":"b"}""", "$")]
    [TestCase("", "{}", "baseItem")]
    [TestCase("", """{"baseItem":null}""", "baseItem")]
    [TestCase("", """{"baseItem":"x"}""", "baseItem")]
    [TestCase("", """{"baseItem":"{019a4c1e-7b52-7c1a-9f60-000000000000}"}""", "baseItem")]
    [TestCase("", """{"base_item_id":"019a4c1e-7b52-7c1a-9f60-000000000000"}""", "base_item_id")]
    [TestCase("transfers", """{"to":"019a4c1e-7b52-7c1a-9f60-000000000000"}""", "item")]
    [TestCase("transfers", """{"item":"019a4c1e-7b52-7c1a-9f60-000000000000"}""", "to")]
    [TestCase("transfers", """{"item":5}""", "item")]
    [TestCase("transfers", """{"to":""}""", "to")]
    [TestCase("transfers", """{"timestamp":[]}""", "timestamp")]
    public async Task A_bad_request_is_400_and_names_the_field(string kind, string body, string field) =>
        (await SendAsync(HttpMethod.Post, $"{Items}/{kind}".TrimEnd('/'), Content(Encoding.UTF8.GetBytes(body)))).AssertWrong(field);

    [Test]
    public async Task The_longest_texts_are_kept_and_longer_ones_refused()
    {
        var (description, eventId) = (new string('ü', 10_000), new string('ı', 255));
        var id = await NewAsync($"{Items}/base-items", new { description, eventId });
        Assert.That((await GetAsync($"{Items}/base-items/{id}"))["description"], Is.EqualTo(description));
        var (item, user) = (await NewItemAsync(), await NewUserAsync());
        await TransferAsync(item, user, "2023-01-01T00:00:00Z", eventId);
        Assert.That((await GetAsync($"{Items}/{item}/owner"))["eventId"], Is.EqualTo(eventId));

        (await PostAsync($"{Items}/base-items", new { description = description + "x" })).AssertWrong("description");
        (await PostAsync($"{Items}/transfers", new { item, to = user, eventId = eventId + "x" })).AssertWrong("eventId");
    }

    [Test]
    public async Task Other_types_large_bodies_unknown_parameters_and_unknown_ids_are_refused()
    {
        (await SendAsync(HttpMethod.Post, $"{Items}/users", Content("{}", "text/plain"))).AssertProblem(415);
        (await PostAsync($"{Items}/users?dryRun=1", "{}")).AssertWrong("dryRun");
        (await SendLargeAsync($"{Items}/transfers")).AssertProblem(413);
        (await PostAsync(Items, new { baseItem = Unknown })).AssertProblem(404);
        (await PostAsync($"{Items}/users", "{}", ("Idempotency-Key", "a b"))).AssertWrong("Idempotency-Key");
        foreach (var id in new[] { Unknown, "x", Guid.Empty.ToString(), Guid.NewGuid().ToString("N") })
        {
            foreach (var path in new[] { $"{Items}/{id}", $"{Items}/{id}/owner", $"{Items}/{id}/history" })
            {
                (await GetAsync(path)).AssertProblem(404);
            }

            (await GetAsync($"{Items}/users/{id}")).AssertProblem(404);
            (await GetAsync($"{Items}/base-items/{id}")).AssertProblem(404);
        }

        (await GetAsync($"{Items}/{Unknown}/history?order=up&limit=0&cursor=zz")).AssertProblem(400);
        (await DeleteAsync($"{Items}/users/x")).AssertWrong("userId");
    }

    [Test]
    public async Task The_latest_instant_owns_whatever_the_order_of_arrival_and_of_equal_ones_the_last_that_came()
    {
        var item = await NewItemAsync();
        var users = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            users.Add(await NewUserAsync());
        }

        Assert.That(await OwnerAsync(item), Is.Null);
        await TransferAsync(item, users[0], "2023-01-03T00:00:00Z", "a");
        await TransferAsync(item, users[1], "2023-01-01T00:00:00Z", "b");
        Assert.That(await OwnerAsync(item), Is.EqualTo(users[0]));
        await TransferAsync(item, users[2], "2023-01-03T00:00:00.0000001Z", "c");
        Assert.That(await OwnerAsync(item), Is.EqualTo(users[2]));
        await TransferAsync(item, users[3], "2023-01-03T00:00:00.0000001Z", "d");
        Assert.That(await OwnerAsync(item), Is.EqualTo(users[3]));

        foreach (var (order, expected) in new[] { ("asc", "bacd"), ("desc", "dcab") })
        {
            Assert.That(await ReadHistoryAsync(item, order, limit: 3), Is.EqualTo(expected));
        }

        (await GetAsync($"{Items}/{item}/history?cursor=00")).AssertWrong("cursor");
    }

    private async Task<string> ReadHistoryAsync(string item, string order, int limit)
    {
        var (read, path) = (new StringBuilder(), $"{Items}/{item}/history?order={order}&limit={limit}");
        for (var next = path; next is not null;)
        {
            var page = await GetAsync(next);
            foreach (var each in page.Json.GetProperty("items").EnumerateArray())
            {
                read.Append(CultureInfo.InvariantCulture, $"{each.GetProperty("eventId")}");
            }

            next = page.Json.TryGetProperty("next", out var cursor) ? $"{path}&cursor={cursor}" : null;
        }

        return read.ToString();
    }
}
