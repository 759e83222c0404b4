using System.Net;
using Tests.Faults;

namespace Tests.ClusterSlices;

/// <summary>Revenue on Kafka and MongoDB with a store that is down; kills are those of all slices.</summary>
[Category(FaultReport.Category)]
public sealed class RevenueClusterTests : SliceClusterFixture
{
    private const string Revenue = "/api/v1/revenue";

    [Test]
    public async Task With_the_store_down_events_are_accepted_and_applied_afterwards()
    {
        var (user, tracking) = ($"down-{Guid.NewGuid():N}", (string?)null);
        var first = new { user, name = "add_revenue", value = "0.1", eventId = "1" };
        await ServesAsync($"{Revenue}/events", first);
        await WithoutStoreAsync(async () =>
        {
            var accepted = await PostAsync($"{Revenue}/events", first with { value = "0.2", eventId = "2" });
            var queued = await PostAsync("/liveEvent", new { userId = user, name = "subtract_revenue", value = 1 });
            var unknown = await PostAsync($"{Revenue}/events", first with { name = "nobody_knows", eventId = "3" });
            Assert.That(
                (accepted.Status, queued.Status, unknown.Status),
                Is.EqualTo((HttpStatusCode.Accepted, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable)));
            tracking = queued.Tracking;
        });

        await BecomesAsync(tracking, "applied");
        Assert.That(await Http.GetStringAsync($"/userEvents/{user}"), Is.EqualTo($$"""[{"user_id":"{{user}}","revenue":"-0.7"}]"""));
    }
}
