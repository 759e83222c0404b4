using System.Text.Json;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Cluster;

/// <summary>
/// kill -9 of the Consumers, and of MongoDB, in the middle of erasures: their messages come again, and every count is right.
/// </summary>
[Category(FaultReport.Category)]
public sealed class ErasureClusterKillTests : ClusterFixture
{
    private const int MaxRounds = 6;

    [TestCase("Consumer")]
    [TestCase("MongoDB")]
    public async Task An_erasure_that_a_kill_interrupts_ends_after_the_restart(string target)
    {
        var (isRevenueHit, isItemsHit) = (false, false);
        for (var round = 1; round <= MaxRounds && !(isRevenueHit && isItemsHit); round++)
        {
            var users = new ErasedUsers(Http);
            await users.CreateAsync();
            isRevenueHit |= await KillWithinAsync(users, users.RevenueUser, target);
            isItemsHit |= await KillWithinAsync(users, users.ItemUser, target);
            await users.CheckAsync(2 * MaxWait);
        }

        Assert.That((isRevenueHit, isItemsHit), Is.EqualTo((true, true)), "a kill came in the middle of each");
    }

    /// <returns>Whether the erasure was not applied when it came.</returns>
    private async Task<bool> KillWithinAsync(ErasedUsers users, string user, string target)
    {
        var accepted = await users.EraseAsync(user, prefer: "wait=0");
        Assert.That(accepted?.Tracking, Is.Not.Null);
        await Eventually.That(() => users.IsHiddenAsync(user), MaxWait, "the erasure has begun");
        if (target == "MongoDB")
        {
            Cluster.Mongo.Kill();
            Cluster.Mongo.Start();
            var isHit = !await IsAppliedAsync(accepted!.Value.Tracking!);
            await Cluster.ReviveAsync();
            return isHit;
        }

        foreach (var consumer in Cluster.Consumers)
        {
            await consumer.KillAsync();
        }

        var wasHit = !await IsAppliedAsync(accepted!.Value.Tracking!);
        await Cluster.ReviveAsync();
        return wasHit;
    }

    private async Task<bool> IsAppliedAsync(string tracking)
    {
        var isApplied = false;
        await Eventually.That(
            async () =>
            {
                using var answer = await Http.GetAsync($"/api/v1/events/{tracking}");
                if (!answer.IsSuccessStatusCode)
                {
                    return false;
                }

                using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                isApplied = document.RootElement.GetProperty("state").GetString() == "applied";
                return true;
            },
            MaxWait,
            "its state can be read");
        return isApplied;
    }
}
