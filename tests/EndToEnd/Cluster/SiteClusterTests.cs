using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.EndToEnd.Sites;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Cluster;

/// <summary>Sites on Kafka and MongoDB: kills, rebalances, a store that is down. Each event counts once.</summary>
[Category(FaultReport.Category)]
public sealed class SiteClusterTests : ClusterFixture
{
    private const string Sites = "/api/v1/sites";

    [Test]
    public async Task Kills_and_rebalances_lose_no_event_and_count_none_twice()
    {
        var journal = new SiteJournal([.. Cluster.Producers.Select(producer => producer.Http)]);
        using var stop = new CancellationTokenSource();
        var senders = Enumerable.Range(1, 3).Select(seed => journal.SendAsync(seed, sites: 4, stop.Token)).ToList();

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
        var site = $"down-{Guid.NewGuid():N}";
        var first = new { site, type = "page_view", path = "/", user = "u", eventId = "1" };
        await Eventually.That(
            async () => (await PostAsync($"{Sites}/events", first, "wait=5")).Status is HttpStatusCode.Created or HttpStatusCode.OK,
            MaxWait, "it serves");
        string? tracking;
        Cluster.Mongo.Kill();
        try
        {
            var accepted = await PostAsync($"{Sites}/events", new { site, type = "page_view", path = "/", user = "v", eventId = "2" });
            var queued = await PostAsync("/event", new { site_id = site, event_type = "page_view", path = "/", user_id = "w" });
            Assert.That((accepted.Status, queued.Status), Is.EqualTo((HttpStatusCode.Accepted, HttpStatusCode.Accepted)));
            tracking = queued.Tracking;
        }
        finally
        {
            Cluster.Mongo.Start();
            await Cluster.ReviveAsync();
        }

        await Eventually.That(async () => await StateOfAsync(tracking!) == "applied", MaxWait, "it is applied");
        using var stats = JsonDocument.Parse(await Http.GetStringAsync($"/stats?site_id={site}"));
        Assert.That(
            (stats.RootElement.GetProperty("total_views").GetInt32(), stats.RootElement.GetProperty("unique_users").GetInt32()),
            Is.EqualTo((3, 3)));
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
        if (prefer is not null)
        {
            request.Headers.TryAddWithoutValidation("Prefer", prefer);
        }

        using var answer = await Http.SendAsync(request);
        return (answer.StatusCode, answer.Headers.TryGetValues("X-Tracking-Id", out var values) ? values.Single() : null);
    }
}
