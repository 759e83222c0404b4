using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.EndToEnd.Revenue;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Cluster;

/// <summary>Revenue on Kafka and MongoDB: kills, rebalances, a store that is down. Each event counts once.</summary>
[Category(FaultReport.Category)]
public sealed class RevenueClusterTests : ClusterFixture
{
    private const string Revenue = "/api/v1/revenue";

    [Test]
    public async Task Kills_and_rebalances_lose_no_event_and_count_none_twice()
    {
        var journal = new RevenueJournal([.. Cluster.Producers.Select(producer => producer.Http)]);
        using var stop = new CancellationTokenSource();
        var senders = Enumerable.Range(1, 3).Select(seed => journal.SendAsync(seed, users: 4, stop.Token)).ToList();

        // A Consumer that goes and comes is a rebalance each time; the engines go and come in between.
        foreach (var (target, which) in new[] { ("Consumer", 0), ("Consumer", 1), ("Kafka", 0), ("MongoDB", 0), ("Producer", 1) })
        {
            var enough = journal.Acknowledged + 100;
            await Eventually.That(() => journal.Acknowledged > enough, MaxWait, "events flow");
            await KillAsync(target, which);
        }

        await stop.CancelAsync();
        await Task.WhenAll(senders).WaitAsync(MaxWait);

        await journal.CheckAsync(MaxWait);
    }

    [Test]
    public async Task With_the_store_down_events_are_accepted_and_applied_afterwards()
    {
        var user = $"down-{Guid.NewGuid():N}";
        var first = new { user, name = "add_revenue", value = "0.1", eventId = "1" };
        await Eventually.That(
            async () => (await PostAsync($"{Revenue}/events", first, "wait=5")).Status is HttpStatusCode.Created or HttpStatusCode.OK,
            MaxWait, "it serves");
        string? tracking;
        Cluster.Mongo.Kill();
        try
        {
            var accepted = await PostAsync($"{Revenue}/events", first with { value = "0.2", eventId = "2" });
            var queued = await PostAsync("/liveEvent", new { userId = user, name = "subtract_revenue", value = 1 });
            var unknown = await PostAsync($"{Revenue}/events", first with { name = "nobody_knows", eventId = "3" });
            Assert.That(
                (accepted.Status, queued.Status, unknown.Status),
                Is.EqualTo((HttpStatusCode.Accepted, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable)));
            tracking = queued.Tracking;
        }
        finally
        {
            Cluster.Mongo.Start();
            await Cluster.ReviveAsync();
        }

        await Eventually.That(async () => await StateOfAsync(tracking!) == "applied", MaxWait, "it is applied");
        Assert.That(await Http.GetStringAsync($"/userEvents/{user}"), Is.EqualTo($$"""[{"user_id":"{{user}}","revenue":"-0.7"}]"""));
    }

    private async Task<string?> StateOfAsync(string tracking)
    {
        using var answer = await Http.GetAsync($"/api/v1/events/{tracking}");
        if (!answer.IsSuccessStatusCode)
        {
            return null;
        }

        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.GetProperty("state").GetString();
    }

    private async Task<(HttpStatusCode Status, string? Tracking)> PostAsync(string path, object body, string? prefer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("Authorization", "secret");
        if (prefer is not null)
        {
            request.Headers.TryAddWithoutValidation("Prefer", prefer);
        }

        using var answer = await Http.SendAsync(request);
        return (answer.StatusCode, answer.Headers.TryGetValues("X-Tracking-Id", out var values) ? values.Single() : null);
    }
}
