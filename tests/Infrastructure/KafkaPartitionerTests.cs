using System.Text;
using Infrastructure.Messaging.Kafka;

namespace Tests.Infrastructure;

[Parallelizable]
public sealed class KafkaPartitionerTests
{
    /// <summary>The values of Kafka's own test of its hash (UtilsTest.testMurmur2).</summary>
    [TestCase("21", -973932308)]
    [TestCase("foobar", -790332482)]
    [TestCase("a-little-bit-long-string", -985981536)]
    [TestCase("a-little-bit-longer-string", -1486304829)]
    [TestCase("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [TestCase("abc", 479470107)]
    public void The_hash_is_Kafkas(string key, int hash) =>
        Assert.That(KafkaPartitioner.Hash(Encoding.UTF8.GetBytes(key)), Is.EqualTo(unchecked((uint)hash)));

    [Test]
    public void Keys_spread_over_all_partitions()
    {
        var counts = new int[16];
        for (var i = 0; i < 16_000; i++)
        {
            counts[KafkaPartitioner.PartitionOf(Encoding.UTF8.GetBytes(Guid.CreateVersion7().ToString()), counts.Length)]++;
        }

        Assert.That(counts, Has.All.InRange(800, 1_200));
    }
}
