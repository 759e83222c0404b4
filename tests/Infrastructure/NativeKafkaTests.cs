using Infrastructure.Messaging.Kafka;

namespace Tests.Infrastructure;

public sealed class NativeKafkaTests
{
    [Test]
    [Platform("Linux")]
    public void The_library_that_is_asked_is_the_one_that_the_client_picked()
    {
        using (new Confluent.Kafka.ProducerBuilder<byte[], byte[]>([]).Build())
        {
            Assert.That(NativeKafka.Check("client.id", "a"), Is.EqualTo(NativeKafka.Verdict.Fine));
        }

        var mapped = File.ReadLines("/proc/self/maps")
            .Select(line => line.Split(' ')[^1])
            .Where(path => Path.GetFileName(path).Contains("rdkafka", StringComparison.Ordinal))
            .Distinct();
        Assert.That(mapped.ToList(), Has.Count.EqualTo(1));
    }

    [Test]
    public void It_is_at_least_the_one_that_the_package_brings() =>
        Assert.That(Confluent.Kafka.Library.Version, Is.GreaterThanOrEqualTo(0x02_10_00_00), Confluent.Kafka.Library.VersionString);
}
