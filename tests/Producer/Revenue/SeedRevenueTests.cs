using System.Diagnostics.Metrics;
using System.Globalization;

namespace Tests.Producer.Revenue;

/// <summary>The first revenue service's routes: every status and every shape.</summary>
[NonParallelizable]
public sealed class SeedRevenueTests : RestTests
{
    private const string Received = """{"message":"Event received"}""";
    private static int made;

    private static string NewUser() => $"seed-{Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture)}";

    [Test]
    public async Task Events_are_200_and_a_users_revenue_is_text()
    {
        var user = NewUser();

        var answer = await SendAsync(new { userId = user, name = "add_revenue", value = 200 });
        await SendAsync(new { userId = user, name = "subtract_revenue", value = 50 });
        await SendAsync(new { userId = user, name = "add_revenue", value = 0 });

        Assert.That((answer.Status, answer.MediaType, answer.Text), Is.EqualTo((200, "application/json", Received)));
        var tracked = await GetAsync($"/api/v1/events/{answer.Headers.GetValues("X-Tracking-Id").Single()}");
        Assert.That(tracked["state"], Is.EqualTo("applied"));
        var read = await GetAsync($"/userEvents/{user}");
        Assert.That(
            (read.Status, read.MediaType, read.Text),
            Is.EqualTo((200, "application/json", $$"""[{"user_id":"{{user}}","revenue":"150"}]""")));
    }

    [TestCase("nobody")]
    [TestCase("no%2Fbody")]
    public async Task An_unknown_user_has_nothing(string user)
    {
        var read = await GetAsync($"/userEvents/{user}");

        Assert.That((read.Status, read.Text), Is.EqualTo((200, "[]")));
    }

    [Test]
    public async Task Amounts_are_exact()
    {
        var user = NewUser();
        for (var i = 0; i < 10; i++)
        {
            await SendAsync($$"""{"userId":"{{user}}","name":"add_revenue","value":0.1}""");
        }

        await SendAsync($$"""{"userId":"{{user}}","name":"add_revenue","value":999999999999999.999999999}""");
        await SendAsync($$"""{"userId":"{{user}}","name":"subtract_revenue","value":"0.000000001"}""");

        Assert.That((await GetAsync($"/userEvents/{user}")).Text, Does.Contain("\"1000000000000000.999999998\""));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("Secret")]
    [TestCase("secret2")]
    [TestCase("Bearer secret")]
    public async Task Without_the_secret_it_is_401_whatever_the_body(string? secret)
    {
        foreach (var body in new[] { """{"userId":"u","name":"add_revenue","value":1}""", "{", "" })
        {
            var answer = await SendAsync(
                HttpMethod.Post, "/liveEvent", Content(System.Text.Encoding.UTF8.GetBytes(body)),
                secret is null ? [] : [("Authorization", secret)]);
            Assert.That((answer.Status, answer.Text), Is.EqualTo((401, """{"error":"Unauthorized"}""")));
        }
    }

    [TestCase("", "userId is required; name is required; value is required")]
    [TestCase("{}", "userId is required; name is required; value is required")]
    [TestCase("""{"userId":"u","name":"add_revenue"}""", "value is required")]
    [TestCase("""{"userId":"u","name":"add_revenue","value":null}""", "value is required")]
    [TestCase("""{"userId":"u","name":"add_revenue","value":-1}""", "value must not be below 0")]
    [TestCase("""{"userId":"u","name":"subtract_revenue","value":-0.000000001}""", "value must not be below 0")]
    [TestCase("""{"userId":"u","name":"add_revenue","value":"much"}""", "value must be a decimal number")]
    [TestCase("""{"userId":"u","name":"add_revenue","value":true}""", "value must be a decimal number")]
    [TestCase("""{"userId":"u","name":"add_revenue","value":{}}""", "value must be a decimal number")]
    [TestCase("""{"userId":"u","name":"add_revenue","value":0.0000000001}""",
        "value must have at most 15 digits before the point and 9 after it")]
    [TestCase("""{"userId":"u","name":"add_revenue","value":1e15}""", "value must have at most 15 digits before the point and 9 after it")]
    [TestCase("""{"userId":7,"name":"add_revenue","value":1}""", "userId must be a string")]
    [TestCase("""{"userId":"","name":"add_revenue","value":1}""", "userId must have 1 to 255 characters, none of them control characters")]
    [TestCase("""{"userId":"..","name":"add_revenue","value":1}""",
        "userId must not be . or .., and not contain %2F: addresses could not name it")]
    [TestCase("""{"userId":"u","name":7,"value":1}""", "name must be a string")]
    [TestCase("""{"userId":"u","value":1}""", "name is required")]
    [TestCase("[]", "Request body must be a JSON object")]
    [TestCase("7", "Request body must be a JSON object")]
    public async Task An_event_that_is_not_valid_is_400_with_all_reasons(string body, string error)
    {
        var answer = await SendAsync(System.Text.Encoding.UTF8.GetBytes(body));

        Assert.That((answer.Status, answer.Text), Is.EqualTo((400, $$"""{"error":"{{error}}"}""")));
    }

    [Test]
    public async Task Broken_json_is_400_in_the_seeds_shape()
    {
        var answer = await SendAsync("{");

        Assert.That(answer.Status, Is.EqualTo(400));
        Assert.That(answer.Text, Does.StartWith("""{"error":"Request body is not valid JSON"""));
    }

    [Test]
    public async Task Names_that_nobody_registered_are_ignored_and_counted()
    {
        var user = NewUser();
        var ignored = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, each) =>
        {
            if (instrument.Name == "timers.revenue.ignored")
            {
                each.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref ignored, count));
        listener.Start();

        var answer = await SendAsync(new { userId = user, name = "page_view", value = -5 });
        var other = await SendAsync(new { userId = user, name = "page_view" });

        Assert.That((answer.Status, answer.Text, other.Text), Is.EqualTo((200, Received, Received)));
        Assert.That(answer.Headers.Contains("X-Tracking-Id"), Is.False);
        Assert.That((await GetAsync($"/userEvents/{user}")).Text, Is.EqualTo("[]"));
        Assert.That(Interlocked.Read(ref ignored), Is.GreaterThanOrEqualTo(2));
    }

    [Test]
    public async Task A_registered_name_counts_by_its_sign_and_must_match_its_schema()
    {
        var user = NewUser();
        await SendAsync(HttpMethod.Put, "/api/v1/revenue/event-types/seed_refund", Content(
            """{"sign":"subtract","schema":{"properties":{"value":{"maximum":10},"currency":{"const":"USD"}}}}"""));

        var good = await SendAsync(new { userId = user, name = "seed_refund", value = 4 });
        var bad = await SendAsync(new { userId = user, name = "seed_refund", value = 11 });

        Assert.That((good.Status, bad.Status), Is.EqualTo((200, 400)), bad.Text);
        Assert.That(bad.Text, Does.StartWith("""{"error":"value does not match the schema of its name"""));
        Assert.That((await GetAsync($"/userEvents/{user}")).Text, Does.Contain("\"-4\""));
    }

    [Test]
    public async Task Revenue_is_that_of_the_default_currency()
    {
        var user = NewUser();
        await PostAsync("/api/v1/revenue/events", new { user, name = "add_revenue", value = 7, currency = "EUR" });
        Assert.That((await GetAsync($"/userEvents/{user}")).Text, Does.Contain("\"revenue\":\"0\""));

        await SendAsync(new { userId = user, name = "add_revenue", value = 1.5 });

        Assert.That((await GetAsync($"/userEvents/{user}")).Text, Does.Contain("\"revenue\":\"1.5\""));
    }

    [Test]
    public async Task An_idempotency_key_makes_repeating_safe()
    {
        var body = new { userId = NewUser(), name = "add_revenue", value = 3 };
        await SendAsync(body, ("Idempotency-Key", "k"));
        var again = await SendAsync(body, ("Idempotency-Key", "k"));

        Assert.That((again.Status, again.Text), Is.EqualTo((200, Received)));
        Assert.That((await GetAsync($"/userEvents/{body.userId}")).Text, Does.Contain("\"3\""));
        Assert.That((await SendAsync(body, ("Idempotency-Key", "a b"))).Text, Does.StartWith("{\"error\":\"Idempotency-Key must"));
    }

    [Test]
    public async Task Other_content_types_and_large_bodies_are_refused_in_the_seeds_shape()
    {
        var text = await SendAsync(HttpMethod.Post, "/liveEvent", Content("{}", "text/plain"), ("Authorization", "secret"));
        var large = await SendAsync(new { userId = "u", name = "add_revenue", value = 1, more = new string('x', 70_000) });

        Assert.That((text.Status, large.Status), Is.EqualTo((415, 413)));
        Assert.That(text.Text, Does.StartWith("""{"error":"Send application/json"""));
        Assert.That(large.Text, Does.StartWith("{\"error\":"));
    }

    private Task<Answer> SendAsync(object body, params (string Name, string Value)[] headers) =>
        PostAsync("/liveEvent", body, [("Authorization", "secret"), .. headers]);
}
