using System.Text;
using Contracts.Common;
using Contracts.Timers;
using Infrastructure;
using Infrastructure.Hosting;
using Infrastructure.Messaging.Kafka;
using Infrastructure.Timers.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Producer;

namespace Tests.Infrastructure;

/// <summary>Keys drawn one after the other belong together, all keys together to all partitions.</summary>
public sealed class CoalescedKeysTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 18, 0, 0, TimeSpan.Zero);

    [TestCase(2, Tenant.Default)]
    [TestCase(16, Tenant.Default)]
    [TestCase(50, Tenant.Default)]
    [TestCase(16, "acme")]
    public void Runs_of_keys_share_few_partitions_and_all_partitions_get_their_share(int partitions, string tenant)
    {
        var keys = new CoalescedKeys(() => partitions);

        var drawn = Enumerable.Range(0, 64 * 160).Select(_ => PartitionOf(keys.Draw(tenant, Now).Key, partitions)).ToList();

        var changes = drawn.Zip(drawn.Skip(1)).Count(
            pair => pair.First % Math.Min(partitions, 16) != pair.Second % Math.Min(partitions, 16));
        Assert.That(changes, Is.LessThan(drawn.Count / 64 * 1.5), "the partition changes after 64 keys");
        var share = drawn.Count / (double)partitions;
        Assert.That(drawn.CountBy(partition => partition).Select(each => (double)each.Value),
            Has.Exactly(partitions).InRange(share * 0.5, share * 1.5));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Without_a_choice_any_key_will_do(int partitions)
    {
        var key = new CoalescedKeys(() => partitions).Draw(Tenant.Default, Now).Id;

        Assert.That(key.Version, Is.EqualTo(7));
    }

    [Test]
    public async Task With_Kafka_the_Producer_draws_its_timers_keys_so()
    {
        var builder = ServiceHost.CreateBuilder("test", ["--ConnectionStrings:Kafka=127.0.0.1:9", "--Storage:InMemory=true"]);
        builder.AddEngines(ServiceRoles.Producer).AddProducer();
        await using var app = builder.Build();

        Assert.That(app.Services.GetRequiredService<ITimerKeys>(), Is.TypeOf<CoalescedKeys>());
    }

    private static int PartitionOf(Guid key, int partitions) =>
        KafkaPartitioner.PartitionOf(Encoding.UTF8.GetBytes(key.ToString("D")), partitions);
}
