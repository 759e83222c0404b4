using Contracts.Timers;
using Runner.Leases;
using Tests.Support;

namespace Tests.Runner.Leases;

public sealed class ForeignShardsTests
{
    private readonly Peers peers = new(new ManualClock());

    [Test]
    public void Draw_gives_none_where_every_shard_is_its_own()
    {
        var foreign = new ForeignShards(peers, new Random(1));

        Assert.That((foreign.Draw(null), foreign.Draw(Shard.All)), Is.EqualTo(((ValueTuple<int, TimeSpan>?)null, (ValueTuple<int, TimeSpan>?)null)));
    }

    [Test]
    public void Draw_gives_every_foreign_shard_in_time_and_never_an_own_one()
    {
        var foreign = new ForeignShards(peers, new Random(1));
        int[] own = [0, 5, 15];

        var drawn = Enumerable.Range(0, 2_000).Select(_ => foreign.Draw(own)!.Value.Shard).ToHashSet();

        Assert.That(drawn, Is.EquivalentTo(Shard.All.Except(own)));
    }

    [Test]
    public void Draw_waits_longer_for_shards_that_a_live_lease_lists()
    {
        var now = ManualClock.Noon;
        peers.Seen([new(Guid.NewGuid(), now.AddSeconds(1), [1]), new(Guid.NewGuid(), now.AddSeconds(-1), [2])], now);
        var foreign = new ForeignShards(peers, new Random(1));

        var lateness = Enumerable.Range(0, 2_000).Select(_ => foreign.Draw([0])!.Value).DistinctBy(drawn => drawn.Shard)
            .ToDictionary(drawn => drawn.Shard, drawn => drawn.Lateness.TotalSeconds);

        Assert.That((lateness[1], lateness[2], lateness[3]), Is.EqualTo((10, 2, 2)));
    }
}
