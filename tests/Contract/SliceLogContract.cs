using Confluent.Kafka;
using Contracts.Messaging;
using Infrastructure.Messaging;
using Infrastructure.Messaging.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Tests.Faults;
using Tests.Support;

namespace Tests.Contract;

/// <summary>
/// What exact counting rests on, for the log of each slice on Kafka: positions that stay the same however often a message comes, partitions
/// that come and go, topics that are made anew.
/// </summary>
public abstract class SliceLogContract<TMessage>
    where TMessage : class
{
    private const int Partitions = 4;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private string uri = null!;
    private string prefix = null!;

    /// <summary>What the slice puts on its log above all.</summary>
    protected abstract MessageType<TMessage> Type { get; }

    /// <summary>A message of a key, which is a UUID; the number tells it from others of its key.</summary>
    protected abstract TMessage Create(string key, int number);

    protected abstract int NumberOf(TMessage message);

    [SetUp]
    public void Begin() => (uri, prefix) = (Engine.Address("kafka"), KafkaHost.NewPrefix());

    [Test]
    public async Task Redelivery_from_the_beginning_gives_each_message_the_position_that_it_had()
    {
        var handler = NewHandler();
        await using var publisher = await StartPublisherAsync();
        await using (await StartConsumerAsync(handler))
        {
            await PublisherOf(publisher).PublishAsync([.. Enumerable.Range(0, 100).Select(i => Create(NewKey(), i))], default);
            await Eventually.That(() => handler.Count == 100, MaxWait, "all are applied");
        }

        var epoch = publisher.Probe.EpochOf(prefix + Type.Topic);
        using (var admin = new DependentAdminClientBuilder(publisher.Services.GetRequiredService<KafkaClients>()
            .CreateProducer(_ => { }).Handle).Build())
        {
            await Eventually.That(
                () => TriedAsync(() => admin.DeleteGroupsAsync([$"{prefix}{new KafkaOptions().GroupOf(Type.Topic, epoch)}"])),
                MaxWait,
                "the group is forgotten");
        }

        await using var again = await StartConsumerAsync(handler);
        await Eventually.That(() => handler.Count == 200, MaxWait, "all come again");

        var positions = handler.Received.GroupBy(each => IdentityOf(each.Message)).Select(group => group.ToList()).ToList();
        Assert.That(positions.Select(each => each.Count), Is.All.EqualTo(2));
        Assert.That(positions.Select(each => each[0].Position), Is.EqualTo(positions.Select(each => each[1].Position)));
    }

    [Test]
    [Category(FaultReport.Category)]
    public async Task With_a_rebalance_every_second_nothing_is_lost_and_each_key_keeps_its_order()
    {
        var handler = NewHandler();
        handler.Before = _ => Task.Delay(Random.Shared.Next(20));
        var keys = Enumerable.Range(0, 40).Select(_ => NewKey()).ToList();
        await using var publisher = await StartPublisherAsync();
        await using var one = await StartConsumerAsync(handler);
        await using var other = await StartConsumerAsync(handler);
        var rounds = Rounds.Given ?? 10;
        using var done = new CancellationTokenSource();
        var published = 0;
        var publishing = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var number = published++;
                await PublisherOf(publisher).PublishAsync([.. keys.Select(key => Create(key, number))], default);
                await Task.Delay(5);
            }
        });

        for (var i = 0; i < rounds; i++)
        {
            await using var guest = await StartConsumerAsync(handler);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        await done.CancelAsync();
        await publishing;
        var owed = published * keys.Count;
        await Eventually.That(
            () => handler.FirstTimes.Count == owed, MaxWait, () => $"all are applied, {handler.FirstTimes.Count} of {owed}");
        FaultReport.Note(
            $"(9) a Consumer that comes or goes every second, {Type.Topic}", "Kafka", rounds, owed, lost: 0, handler.Count - owed);
        foreach (var key in handler.FirstTimes.GroupBy(Type.KeyOf))
        {
            Assert.That(key.Select(NumberOf), Is.Ordered);
        }
    }

    [Test]
    public async Task A_topic_that_is_recreated_is_read_from_its_beginning_under_another_epoch()
    {
        var handler = NewHandler();
        await using var publisher = await StartPublisherAsync();
        await using var consumer = await StartConsumerAsync(handler);
        await PublisherOf(publisher).PublishAsync([.. Enumerable.Range(0, 50).Select(i => Create(NewKey(), i))], default);
        await Eventually.That(() => handler.Count == 50, MaxWait, "the first are applied");
        var before = handler.Received[0].Position.Epoch;

        await KafkaHost.RecreateAsync(uri, prefix + Type.Topic, Partitions);
        var after = Enumerable.Range(50, 20).Select(i => Create(NewKey(), i)).ToList();
        foreach (var message in after)
        {
            await Eventually.That(
                () => TriedAsync(() => PublisherOf(publisher).PublishAsync([message], default)), MaxWait, "publishing resumes");
        }

        var owed = after.Select(IdentityOf).ToHashSet();
        await Eventually.That(
            () => handler.FirstTimes.Count(message => owed.Contains(IdentityOf(message))) == owed.Count, MaxWait,
            "what came later is applied");
        var later = handler.Received.Where(each => owed.Contains(IdentityOf(each.Message))).ToList();
        Assert.That(later.Select(each => each.Position.Epoch), Is.All.Not.EqualTo(before).And.All.Not.EqualTo(Guid.Empty));
        Assert.That(later.Select(each => each.Position.Offset).Min(), Is.Zero);
        var known = handler.Received.Select(each => (each.Position, IdentityOf(each.Message))).Distinct().ToList();
        Assert.That(known.Select(each => each.Position), Is.Unique, "no two messages have the same position");
    }

    private static string NewKey() => Guid.CreateVersion7().ToString("D");

    private object IdentityOf(TMessage message) => (Type.KeyOf(message), NumberOf(message));

    private RecordingHandler<TMessage> NewHandler() => new(IdentityOf);

    private static IEventPublisher<TMessage> PublisherOf(KafkaHost host) => host.Services.GetRequiredService<IEventPublisher<TMessage>>();

    private async Task<KafkaHost> StartPublisherAsync()
    {
        var started = await KafkaHost.StartAsync(uri, prefix, services => services.AddKafkaPublisher(Type));
        await started.ReachedAsync();
        return started;
    }

    private Task<KafkaHost> StartConsumerAsync(IBatchHandler<TMessage> handler) => KafkaHost.StartAsync(uri, prefix, services => services
        .AddSingleton(handler).AddDeadLettersInMemory().AddMessageRoute(Type).AddKafkaConsumer(Type.Topic));

    private static Task<bool> TriedAsync(Func<Task> step) => KafkaHost.TriedAsync(step);
}
