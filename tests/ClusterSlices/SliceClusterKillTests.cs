using Tests.EndToEnd;
using Tests.Faults;

namespace Tests.ClusterSlices;

/// <summary>Events of every slice on Kafka and MongoDB, under kills and rebalances. Each counts once.</summary>
[Category(FaultReport.Category)]
public sealed class SliceClusterKillTests : SliceClusterFixture
{
    [Test]
    public async Task Kills_and_rebalances_lose_no_event_and_count_none_twice()
    {
        var slices = await TestedSlice.AllAsync([.. Cluster.Producers.Select(producer => producer.Http)]);
        await TestedSlice.DuringAsync(slices, seed: 1, senders: 3, async () =>
        {
            // A Consumer that goes and comes is a rebalance each time; the engines go and come in between.
            foreach (var (target, which) in new[]
                { ("Consumer", 0), ("Consumer", 1), ("Kafka", 0), ("Consumer", 0), ("MongoDB", 0), ("Producer", 1) })
            {
                await TestedSlice.FlowAsync(slices, events: 100);
                await KillAsync(target, which);
            }
        });

        await Task.WhenAll(slices.Select(slice => new SliceLog(Cluster.Kafka!.Uri, slice.Name, slice.About).AppliedAsync()));
        await TestedSlice.CheckAsync(slices, MaxWait);
    }
}
