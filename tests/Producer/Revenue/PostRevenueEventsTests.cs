using System.Globalization;
using System.Text;

namespace Tests.Producer.Revenue;

/// <summary>POST /api/v1/revenue/events and /adjustments: forms of bodies, results, repetitions.</summary>
public sealed class PostRevenueEventsTests : RevenueTestBase
{
    private const string Ndjson = "application/x-ndjson";

    [Test]
    public async Task One_event_is_201_and_its_repetition_200_marked_as_a_duplicate()
    {
        var user = NewUser();
        var body = new
        {
            user,
            name = "add_revenue",
            value = 12.5,
            currency = "EUR",
            timestamp = "2023-01-01T00:00:00Z",
            eventId = "e-1",
        };

        var first = await PostAsync(Route, body);
        var second = await PostAsync(Route, body with { value = 99 });

        Assert.That(
            (first.Status, first["eventId"], first["status"], first["retryable"]), Is.EqualTo((201, "e-1", "201", "False")), first.Text);
        Assert.That((second.Status, second["duplicate"]), Is.EqualTo((200, "True")), second.Text);
        var entry = (await GetAsync(first.Headers.Location!.ToString())).Json.GetProperty("items")[0];
        Assert.That(Tell(entry), Is.EqualTo("e-1 12.5 EUR"));
        Assert.That(entry.GetProperty("timestamp").GetString(), Is.EqualTo("2023-01-01T00:00:00Z"));
        Assert.That(await BalancesAsync(user), Is.EqualTo("12.5 EUR (1)"));
        var tracked = await GetAsync($"/api/v1/events/{first.Headers.GetValues("X-Tracking-Id").Single()}");
        Assert.That(tracked["state"], Is.EqualTo("applied"));
        Assert.That((await GetAsync($"/api/v1/events/{second["trackingId"]}"))["state"], Is.EqualTo("duplicate"));
    }

    [Test]
    public async Task Without_an_id_the_service_gives_one_and_an_idempotency_key_stands_for_it()
    {
        var body = new { user = NewUser(), name = "add_revenue", value = 1 };
        var given = await PostAsync(Route, body);
        var keyed = await PostAsync(Route, body, ("Idempotency-Key", "k-1"));
        var again = await PostAsync(Route, body, ("Idempotency-Key", "k-1"));
        var many = await PostAsync(Route, new[] { body }, ("Idempotency-Key", "k-2"));

        Assert.That(Guid.Parse(given["eventId"]).Version, Is.EqualTo(7));
        Assert.That((keyed["eventId"], again.Status), Is.EqualTo(("k-1", 200)));
        Assert.That(many.Json.GetProperty("results")[0].GetProperty("eventId").GetString(), Is.EqualTo("k-2/0"));
        Assert.That(await BalancesAsync(body.user), Is.EqualTo("3 USD (3)"));
        (await PostAsync(Route, "{}", ("Idempotency-Key", "a b"))).AssertWrong("Idempotency-Key");
    }

    [TestCase("application/json", "[", ",", "]")]
    [TestCase(Ndjson, "", "\n", "")]
    public async Task Many_are_answered_one_by_one_in_order(string type, string begin, string between, string end)
    {
        var user = NewUser();
        string[] items =
        [
            $$"""{"user":"{{user}}","name":"add_revenue","value":1,"eventId":"1"}""",
            $$"""{"user":"{{user}}","name":"add_revenue","value":2,"eventId":"1"}""",
            $$"""{"user":"{{user}}","name":"add_revenue","value":-1}""",
            """{"user":"","name":"nobody_knows"}""",
            "7",
            $$"""{"user":"{{user}}b","name":"subtract_revenue","value":"0.1","currency":"BTC"}""",
        ];

        var answer = await SendAsync(HttpMethod.Post, Route, Content(begin + string.Join(between, items) + end, type));

        Assert.That(
            (answer.Status, answer["accepted"], answer["duplicates"], answer["refused"]), Is.EqualTo((207, "3", "1", "3")), answer.Text);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.That(results.Select(each => each.GetProperty("status").GetInt32()), Is.EqualTo(new[] { 201, 200, 400, 400, 400, 201 }));
        Assert.That(
            results[3].GetProperty("errors").EnumerateObject().Select(each => each.Name),
            Is.EquivalentTo(new[] { "user", "name", "value" }));
        Assert.That(await BalancesAsync(user), Is.EqualTo("1 USD (1)"));
        Assert.That(await BalancesAsync($"{user}b"), Is.EqualTo("-0.1 BTC (1)"));
    }

    [Test]
    public async Task A_request_of_ten_thousand_is_stored_whole_and_one_more_is_refused()
    {
        var user = NewUser();
        var items = Enumerable.Range(0, 10_000)
            .Select(i => new { user = $"{user}-{i % 7}", name = "add_revenue", value = "0.1", eventId = $"e{i}" }).ToArray();

        var answer = await PostAsync(Route, items);
        Assert.That((answer.Status, answer["accepted"]), Is.EqualTo((201, "10000")));
        var again = await PostAsync(Route, items);
        Assert.That((again.Status, again["duplicates"]), Is.EqualTo((201, "10000")));
        Assert.That(await BalancesAsync($"{user}-0"), Is.EqualTo("142.9 USD (1429)"));
        (await PostAsync(Route, items.Append(items[0]))).AssertWrong("$");
        Assert.That((await PostAsync(Route, "[]")).Status, Is.EqualTo(200), "there is nothing to refuse");
    }

    [Test]
    public async Task The_largest_events_there_can_be_are_stored()
    {
        var user = new string('ü', 251) + "/a/b";
        var items = Enumerable.Range(0, 2_000).Select(i => new
        {
            user,
            name = "add_revenue",
            value = "999999999999999.999999999",
            currency = "ABCDEFGHIJ12",
            eventId = new string('ı', 250) + i.ToString(CultureInfo.InvariantCulture),
        }).ToArray();

        var answer = await PostAsync(Route, items);

        Assert.That((answer.Status, answer["accepted"]), Is.EqualTo((201, "2000")), answer.Text[..Math.Min(500, answer.Text.Length)]);
        Assert.That(await BalancesAsync(user), Is.EqualTo("1999999999999999999.999998 ABCDEFGHIJ12 (2000)"));
    }

    [Test]
    public async Task CloudEvents_are_accepted_structured_in_batches_and_binary()
    {
        var user = NewUser();
        string Event(int at, string extra = "") => $$"""
            {"specversion":"1.0","id":"{{at}}","source":"/shops","type":"revenue.event","subject":"{{user}}",
             "time":"2023-01-01T00:00:0{{at}}Z","data":{"name":"add_revenue","value":{{at}}{{extra}}} }
            """;

        var structured = await SendAsync(HttpMethod.Post, Route, Content(Event(1), "application/cloudevents+json; charset=utf-8"));
        var batch = await SendAsync(
            HttpMethod.Post, Route, Content($"[{Event(2)},{Event(3, ",\"timestamp\":\"2023-01-01T00:00:09Z\"")},{{}}]",
                "application/cloudevents-batch+json"));
        var binary = await SendAsync(
            HttpMethod.Post, Route, Content("""{"name":"add_revenue","value":4}"""), ("ce-specversion", "1.0"), ("ce-id", "4"),
            ("ce-source", "/shops"), ("ce-type", "revenue.event"), ("ce-subject", user), ("ce-time", "2023-01-01T00:00:04Z"));

        Assert.That((structured.Status, structured["eventId"]), Is.EqualTo((201, "/shops 1")), structured.Text);
        Assert.That((batch.Status, batch["accepted"]), Is.EqualTo((207, "2")), batch.Text);
        Assert.That(binary.Status, Is.EqualTo(201), binary.Text);
        Assert.That(
            (await ExportAsync(user)).Select(each => $"{each.GetProperty("amount")} {each.GetProperty("timestamp")}"),
            Is.EqualTo(new[]
            {
                "1 2023-01-01T00:00:01Z", "2 2023-01-01T00:00:02Z", "4 2023-01-01T00:00:04Z", "3 2023-01-01T00:00:09Z",
            }));
    }

    [TestCase("""{"user":7}""", "user")]
    [TestCase("""{"user":""}""", "user")]
    [TestCase("""{"user":null}""", "user")]
    [TestCase("""{"user":"\ud800"}""", "user")]
    [TestCase("""{"user":"a\nb"}""", "user")]
    [TestCase("""{"user":".."}""", "user")]
    [TestCase("""{"user":"a%2fb"}""", "user")]
    [TestCase("""{"name":[]}""", "name")]
    [TestCase("""{"name":""}""", "name")]
    [TestCase("""{"name":"nobody_knows"}""", "name")]
    [TestCase("""{"value":-1}""", "value")]
    [TestCase("""{"value":"1,5"}""", "value")]
    [TestCase("""{"value":" 1"}""", "value")]
    [TestCase("""{"value":"NaN"}""", "value")]
    [TestCase("""{"value":1e400}""", "value")]
    [TestCase("""{"value":0.0000000001}""", "value")]
    [TestCase("""{"value":1000000000000000}""", "value")]
    [TestCase("""{"value":[]}""", "value")]
    [TestCase("""{"currency":""}""", "currency")]
    [TestCase("""{"currency":"usd"}""", "currency")]
    [TestCase("""{"currency":"A.B"}""", "currency")]
    [TestCase("""{"currency":"ABCDEFGHIJKLM"}""", "currency")]
    [TestCase("""{"currency":5}""", "currency")]
    [TestCase("""{"timestamp":[]}""", "timestamp")]
    [TestCase("""{"timestamp":"2023-01-01T00:00:00"}""", "timestamp")]
    [TestCase("""{"timestamp":"2999-01-01T00:00:00Z"}""", "timestamp")]
    [TestCase("""{"eventId":""}""", "eventId")]
    [TestCase("""{"eventId":5}""", "eventId")]
    [TestCase("""{"other":[1,{}]}""", "other")]
    [TestCase("""{"value":1,"value":1}""", "$")]
    [TestCase("[[]", "$")]
    [TestCase("{", "$")]
    [TestCase("{}x", "$")]
    [TestCase("", "$")]
    [TestCase("null", "$")]
    public async Task A_bad_event_is_400_and_names_the_field(string body, string field) =>
        (await SendAsync(HttpMethod.Post, Route, Content(Encoding.UTF8.GetBytes(body)))).AssertWrong(field);

    [TestCase("""{"user":7}""", "user")]
    [TestCase("""{"original":""}""", "original")]
    [TestCase("""{"original":null}""", "original")]
    [TestCase("""{"delta":null}""", "delta")]
    [TestCase("""{"delta":"x"}""", "delta")]
    [TestCase("""{"delta":-1e15}""", "delta")]
    [TestCase("""{"reason":""}""", "reason")]
    [TestCase("""{"reason":7}""", "reason")]
    [TestCase("""{"timestamp":"2999-01-01T00:00:00Z"}""", "timestamp")]
    [TestCase("""{"eventId":""}""", "eventId")]
    [TestCase("""{"currency":"EUR"}""", "currency")]
    [TestCase("{", "$")]
    public async Task A_bad_adjustment_is_400_and_names_the_field(string body, string field) =>
        (await SendAsync(HttpMethod.Post, $"{Revenue}/adjustments", Content(Encoding.UTF8.GetBytes(body)))).AssertWrong(field);

    [TestCase("user", 256)]
    [TestCase("name", 101)]
    [TestCase("eventId", 256)]
    public async Task A_text_that_is_too_long_is_400(string field, int length)
    {
        var body = new Dictionary<string, object> { ["user"] = "s", ["name"] = "add_revenue", ["value"] = 1 };
        body[field] = new string('x', length);
        (await PostAsync(Route, body)).AssertWrong(field);
    }

    [Test]
    public async Task Other_types_large_bodies_and_unknown_parameters_are_refused()
    {
        (await SendAsync(HttpMethod.Post, Route, Content("{}", "text/plain"))).AssertProblem(415);
        (await PostAsync($"{Route}?dryRun=1", "{}")).AssertWrong("dryRun");
        (await SendLargeAsync(Route)).AssertProblem(413);
        (await GetAsync($"{Revenue}/users/a/events?order=up&limit=0&cursor=zz")).AssertProblem(400);
        (await GetAsync($"{Revenue}/users/nobody")).AssertProblem(404);
        (await GetAsync($"{Revenue}/users/nobody/events")).AssertProblem(404);
        (await DeleteAsync($"{Revenue}/users/{new string('x', 256)}")).AssertWrong("userId");
    }

    [Test]
    public async Task Adjustments_are_linked_count_at_their_own_instant_in_the_originals_currency_and_once()
    {
        var user = NewUser();
        await PostAsync(Route, new
        {
            user,
            name = "add_revenue",
            value = 10,
            currency = "EUR",
            timestamp = "2023-01-31T12:00:00Z",
            eventId = "o",
        });
        const string At = "2023-02-01T12:00:00Z";
        var adjustment = new { user, original = "o", delta = "-2.5", reason = "A voucher.", timestamp = At, eventId = "a" };

        var first = await PostAsync($"{Revenue}/adjustments", adjustment);
        var again = await PostAsync($"{Revenue}/adjustments", adjustment);
        var ofNothing = await PostAsync($"{Revenue}/adjustments", adjustment with { original = "x", eventId = "b" });
        var ofAdjustment = await PostAsync($"{Revenue}/adjustments", adjustment with { original = "a", eventId = "c" });

        Assert.That((first.Status, again.Status, again["duplicate"]), Is.EqualTo((201, 200, "True")), first.Text);
        ofNothing.AssertProblem(422);
        ofAdjustment.AssertProblem(422);
        var tracked = await GetAsync($"/api/v1/events/{ofNothing.Headers.GetValues("X-Tracking-Id").Single()}");
        Assert.That((tracked["state"], tracked["reason"]), Is.EqualTo(
            ("rejected", "When it was applied, the user had no event of the id that it was to correct.")));
        Assert.That(await BalancesAsync(user), Is.EqualTo("7.5 EUR (2)"));
        var entry = (await GetAsync($"{Revenue}/users/{Escape(user)}/events?order=desc")).Json.GetProperty("items")[0];
        Assert.That((Tell(entry), entry.GetProperty("original").GetString(), entry.GetProperty("reason").GetString()),
            Is.EqualTo(("a -2.5 EUR", "o", "A voucher.")));
        var stats = await GetAsync($"{Revenue}/stats?user={Escape(user)}&from=2023-01-01&to=2023-03-01&resolution=P1M");
        Assert.That(
            stats.Json.GetProperty("series").EnumerateArray().Select(each => $"{each.GetProperty("at")} {each.GetProperty("revenue")}"),
            Is.EqualTo(new[] { "2023-01-01T00:00:00Z 10", "2023-02-01T00:00:00Z -2.5" }));
    }
}
