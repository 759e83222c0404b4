using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Tests.Faults;
using Tests.Support;

namespace Tests.Contract;

/// <summary>What every log promises: what was published reaches the handler, whole and in order per key.</summary>
public abstract class EventPublisherContract
{
    protected static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private RecordingHandler handler = null!;
    private IEventPublisher<TimerScheduled> publisher = null!;

    protected RecordingHandler Handler => handler;

    protected IEventPublisher<TimerScheduled> Publisher => publisher;

    /// <summary>A log that feeds this handler.</summary>
    protected abstract Task<IEventPublisher<TimerScheduled>> StartAsync(IBatchHandler<TimerScheduled> fed);

    protected abstract Task StopAsync();

    /// <summary>False for a log without offsets.</summary>
    protected virtual bool HasPositions => true;

    [SetUp]
    public async Task Start()
    {
        handler = new RecordingHandler();
        publisher = await StartAsync(handler);
    }

    [TearDown]
    public Task Stop() => StopAsync();

    [Test]
    public async Task A_published_message_reaches_the_handler_as_it_was()
    {
        var timer = ATimer.New().WithTags("a", "b").WithFingerprint(-7)
            .WithSpec(spec => spec with { Body = new RawContent("{\"n\": 1.0}"u8.ToArray(), IsJson: true) }).Build();

        await publisher.PublishAsync([timer], default);

        await Eventually.That(() => handler.FirstTimes.Count == 1, MaxWait, "it is handled");
        var handled = handler.FirstTimes.Single();
        Assert.That((handled.TimerId, handled.DueAt, handled.Fingerprint), Is.EqualTo((timer.TimerId, timer.DueAt, timer.Fingerprint)));
        Assert.That(handled.Spec.Body, Is.EqualTo(timer.Spec.Body));
        Assert.That(handled.Spec.Tags, Is.EqualTo(timer.Spec.Tags));
    }

    [Test]
    public async Task A_receipt_that_says_stored_comes_after_the_handler_and_never_before()
    {
        var timer = ATimer.New().Build();

        var receipt = await publisher.PublishAsync([timer], default);

        if (receipt.Effects == MessageEffects.Stored)
        {
            Assert.That(handler.Count, Is.EqualTo(1));
        }

        await Eventually.That(() => handler.FirstTimes.Count == 1, MaxWait, "it is handled in any case");
    }

    [Test]
    public async Task A_receipt_tells_the_position_of_each_message_as_the_handler_gets_it()
    {
        var timers = Enumerable.Range(0, 200).Select(_ => ATimer.New().Build()).ToList();

        var receipts = new[] { await publisher.PublishAsync(timers[..50], default), await publisher.PublishAsync(timers[50..], default) };

        await Eventually.That(() => handler.FirstTimes.Count == timers.Count, MaxWait, "all are handled");
        var told = receipts.SelectMany(receipt => receipt.Positions).ToList();
        var handled = handler.Received.DistinctBy(each => each.Message.TimerId).ToDictionary(
            each => each.Message.TimerId, each => each.Position);
        if (HasPositions)
        {
            Assert.That(told, Is.Unique.And.All.Matches<LogPosition>(position => position.IsKnown));
            Assert.That(timers.Select(timer => handled[timer.TimerId]), Is.EqualTo(told));
        }
        else
        {
            Assert.That(told, Is.Empty);
            Assert.That(handled.Values, Is.All.EqualTo(LogPosition.None));
        }
    }

    [Test]
    public async Task A_message_carries_its_tenant_and_where_it_stood_first()
    {
        var source = new LogPosition(Guid.NewGuid(), 7, 4711);

        await publisher.PublishAsync(
            [ATimer.New().Build()], new MessageContext("acme") { Source = HasPositions ? source : default }, default);

        await Eventually.That(() => handler.Count == 1, MaxWait, "it is handled");
        var received = handler.Received.Single();
        Assert.That((received.Tenant, received.Source), Is.EqualTo(("acme", HasPositions ? source : LogPosition.None)));
    }

    [Test]
    [Category(FaultReport.Category)]
    public async Task Messages_of_one_key_keep_their_order_among_many_publishers()
    {
        const int Keys = 8;
        const int Each = 200;
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(async _ =>
        {
            var id = Guid.CreateVersion7();
            for (var i = 0; i < Each; i++)
            {
                await publisher.PublishAsync([ATimer.New().WithId(id).WithFingerprint(i).Build()], default);
            }
        }));

        await Eventually.That(() => handler.FirstTimes.Count == Keys * Each, MaxWait, () => Handled(Keys * Each));
        foreach (var key in handler.FirstTimes.GroupBy(message => message.TimerId))
        {
            Assert.That(key.Select(message => message.Fingerprint), Is.Ordered);
        }
    }

    [Test]
    public async Task Ten_thousand_messages_together_all_arrive()
    {
        var timers = Enumerable.Range(0, 10_000).Select(_ => ATimer.New().Build()).ToList();

        await publisher.PublishAsync(timers, default);

        await Eventually.That(() => handler.FirstTimes.Count == timers.Count, MaxWait, () => Handled(timers.Count));
        Assert.That(handler.FirstTimes.Select(message => message.TimerId), Is.EquivalentTo(timers.Select(timer => timer.TimerId)));
    }

    [Test]
    public async Task The_largest_body_that_is_accepted_passes()
    {
        var body = new byte[256 * 1024];
        Array.Fill(body, (byte)'"');
        var timer = ATimer.New().WithSpec(spec => spec with { Body = new RawContent(body, IsJson: false) }).Build();

        await publisher.PublishAsync([timer], default);

        await Eventually.That(() => handler.FirstTimes.Count == 1, MaxWait, "it is handled");
        Assert.That(handler.FirstTimes.Single().Spec.Body!.Utf8.Length, Is.EqualTo(body.Length));
    }

    private string Handled(int all) => $"all are handled ({handler.FirstTimes.Count} of {all}, with repetitions {handler.Count})";
}
