using Contracts.Timers;
using Runner.Timers.Leases;
using Tests.Support;

namespace Tests.Runner.Leases;

public sealed class ForeignShardsTests
{
    private readonly Peers peers = new(Clocks.AtNoon());

    [Test]
    public void Draw_gives_none_where_every_shard_is_its_own()
    {
        var foreign = new ForeignShards(peers, new Random(1));

        Assert.That((foreign.Draw(null), foreign.Draw(Shard.All)),
            Is.EqualTo(((ValueTuple<IReadOnlyList<int>, TimeSpan>?)null, (ValueTuple<IReadOnlyList<int>, TimeSpan>?)null)));
    }

    [Test]
    public void Draw_gives_all_shards_that_nobody_lists_at_once_and_never_an_own_one()
    {
        var foreign = new ForeignShards(peers, new Random(1));

        Assert.That(foreign.Draw([0, 5, 15])!.Value.Shards, Is.EquivalentTo(Shard.All.Except([0, 5, 15])));
        Assert.That(foreign.Draw([])!.Value.Shards, Is.EquivalentTo(Shard.All), "a Runner that was dealt none looks after them all");
    }

    [Test]
    public void Draw_gives_shards_that_a_live_lease_lists_one_by_one_and_waits_longer_for_them()
    {
        var now = Clocks.Noon;
        peers.Seen([new(Guid.NewGuid(), now.AddSeconds(1), [1, 4]), new(Guid.NewGuid(), now.AddSeconds(-1), [2])], now);
        var foreign = new ForeignShards(peers, new Random(1));

        var drawn = Enumerable.Range(0, 2_000).Select(_ => foreign.Draw([0])!.Value)
            .Select(each => (string.Join(' ', each.Shards), each.Lateness.TotalSeconds)).Distinct();

        Assert.That(drawn, Is.EquivalentTo(new[] { ("1", 10.0), ("4", 10.0), ("2 3 5 6 7 8 9 10 11 12 13 14 15", 2.0) }));
    }
}
