using System.Net;
using System.Text.Json;
using Tests.Faults;

namespace Tests.ClusterSlices;

/// <summary>Sites on Kafka and MongoDB with a store that is down; kills are those of all slices.</summary>
[Category(FaultReport.Category)]
public sealed class SiteClusterTests : SliceClusterFixture
{
    private const string Sites = "/api/v1/sites";

    [Test]
    public async Task With_the_store_down_events_are_accepted_and_applied_afterwards()
    {
        var (site, tracking) = ($"down-{Guid.NewGuid():N}", (string?)null);
        await ServesAsync($"{Sites}/events", new { site, type = "page_view", path = "/", user = "u", eventId = "1" });
        await WithoutStoreAsync(async () =>
        {
            var accepted = await PostAsync($"{Sites}/events", new { site, type = "page_view", path = "/", user = "v", eventId = "2" });
            var queued = await PostAsync("/event", new { site_id = site, event_type = "page_view", path = "/", user_id = "w" });
            Assert.That((accepted.Status, queued.Status), Is.EqualTo((HttpStatusCode.Accepted, HttpStatusCode.Accepted)));
            tracking = queued.Tracking;
        });

        await BecomesAsync(tracking, "applied");
        using var stats = JsonDocument.Parse(await Http.GetStringAsync($"/stats?site_id={site}"));
        Assert.That(
            (stats.RootElement.GetProperty("total_views").GetInt32(), stats.RootElement.GetProperty("unique_users").GetInt32()),
            Is.EqualTo((3, 3)));
    }
}
