using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.Faults;
using Tests.Support;

namespace Tests.ClusterSlices;

/// <summary>Items on Kafka and MongoDB: what is answered can be used at once, a store that is down, streams over two Producers.</summary>
[Category(FaultReport.Category)]
public sealed class ItemClusterTests : SliceClusterFixture
{
    private const string Items = "/api/v1/items";

    [Test]
    public async Task What_is_answered_can_be_used_at_once_on_the_other_producer()
    {
        await ServesAsync($"{Items}/users", new { });
        var (one, other) = (Cluster.Producers[0].Http, Cluster.Producers[1].Http);
        for (var i = 0; i < 10; i++)
        {
            var user = await NewAsync(one, "/users", new { });
            var baseItem = await NewAsync(other, "/base-items", new { description = "A chair." });
            var item = await NewAsync(one, "/items", new { base_item_id = baseItem });
            using var transfer = await other.PutAsJsonAsync($"/items/{item}/ownership", new { to = user });
            Assert.That(transfer.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
            using var owner = JsonDocument.Parse(await one.GetStringAsync($"/items/{item}/owner"));
            Assert.That(owner.RootElement.GetProperty("id").GetString(), Is.EqualTo(user));

            // Also what is only durable by then.
            var queued = await PostAsync($"{Items}/users", new { });
            Assert.That(queued.Status, Is.EqualTo(HttpStatusCode.Accepted));
            var to = queued.Body.GetProperty("id").GetString();
            var next = await PostAsync($"{Items}/transfers", new { item, to });
            Assert.That(next.Status, Is.EqualTo(HttpStatusCode.Accepted), next.Body.GetRawText());
            using var read = await other.GetAsync($"{Items}/users/{to}");
            Assert.That(read.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        using var unknown = await other.GetAsync($"{Items}/{Guid.NewGuid()}");
        Assert.That(unknown.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task With_the_store_down_what_refers_to_nothing_is_accepted_and_applied_afterwards_and_routes_that_wait_say_503()
    {
        await ServesAsync($"{Items}/users", new { });
        var (user, tracking) = (string.Empty, (string?)null);
        await WithoutStoreAsync(async () =>
        {
            var accepted = await PostAsync($"{Items}/users", new { });
            var waited = await PostAsync("/base-items", new { description = "A chair." }, "wait=1");
            var referring = await PostAsync(Items, new { baseItem = Guid.NewGuid() });
            Assert.That(
                (accepted.Status, waited.Status, referring.Status),
                Is.EqualTo((HttpStatusCode.Accepted, HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable)));
            Assert.That(waited.Body.GetProperty("outcome").GetString(), Is.EqualTo("unknown"));
            (user, tracking) = (accepted.Body.GetProperty("id").GetString()!, waited.Tracking);
        });

        await BecomesAsync(tracking, "applied");
        await Eventually.That(
            async () =>
            {
                using var answer = await Http.GetAsync($"{Items}/users/{user}");
                return answer.StatusCode == HttpStatusCode.OK;
            },
            MaxWait, "the user is there");
    }

    [Test]
    public async Task Streams_of_both_producers_tell_the_same_also_after_one_was_restarted_and_redis_was_away()
    {
        await ServesAsync($"{Items}/users", new { });
        const string Stream = $"{Items}/statistics/users/day/stream";
        await using var seed = await ServerEvents.OpenAsync(Cluster.Producers[0].Http, "/statistics/item-creation/day");
        await using var one = await ServerEvents.OpenAsync(Cluster.Producers[0].Http, Stream);
        var snapshot = await one.NextAsync();
        await seed.NextAsync();
        var baseItem = await NewAsync(Http, "/base-items", new { description = "A chair." });
        await PostAsync(Items, new { baseItem, timestamp = "1940-01-01T00:00:00Z" }, "wait=10");
        await seed.NextAsync(next => next.Data.Contains("""{"time":"1940-01-01T00:00:00.000Z","count":"1"}""", StringComparison.Ordinal));

        await PostAsync($"{Items}/users", new { timestamp = "1940-01-02T00:00:00Z" }, "wait=10");
        await one.NextAsync(IsOf("1940-01-02", 1));
        await Cluster.Producers[1].KillAsync();
        await Cluster.Producers[1].StartAsync();
        await Cluster.Producers[1].ReadyAsync();
        await using (var elsewhere = await ServerEvents.OpenAsync(Cluster.Producers[1].Http, Stream, snapshot.Id))
        {
            Assert.That((await elsewhere.NextAsync()).Name, Is.EqualTo("change"), "a position is known to every Producer");
        }

        Cluster.Redis.Kill();
        try
        {
            await PostAsync($"{Items}/users", new { timestamp = "1940-01-02T00:00:01Z" }, "wait=10");
        }
        finally
        {
            Cluster.Redis.Start();
        }

        // Told as a change or, after the gap, in a snapshot.
        await one.NextAsync(next => next.Data.Contains("\"1940-01-02T00:00:00Z\",\"count\":2}", StringComparison.Ordinal));

        static Func<ServerEvent, bool> IsOf(string day, int count) => next => next.Name == "change"
            && next.Data == $$"""{"time":"{{day}}T00:00:00Z","count":{{count}}}""";
    }

    private static async Task<string> NewAsync(HttpClient http, string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Created), text);
        return JsonDocument.Parse(text).RootElement.GetProperty("id").GetString()!;
    }
}
