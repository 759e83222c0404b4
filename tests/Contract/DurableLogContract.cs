using Contracts.Common;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Tests.Faults;
using Tests.Support;

namespace Tests.Contract;

/// <summary>
/// What a log promises that keeps messages until they are applied: none is lost, and one that cannot be applied holds up no other.
/// </summary>
public abstract class DurableLogContract : EventPublisherContract
{
    /// <summary>The broker's name, for the report.</summary>
    protected abstract string Broker { get; }

    /// <summary>What lies on the dead-letter topic by now.</summary>
    protected abstract Task<IReadOnlyList<DeadLetter>> DeadLettersAsync();

    /// <summary>Puts bytes on the log that are no message.</summary>
    protected abstract Task PublishRubbishAsync(byte[] bytes);

    /// <summary>The consuming process.</summary>
    protected abstract IServiceProvider Consumer { get; }

    /// <summary>Ends the consuming process and starts another one, on the same handler.</summary>
    protected abstract Task RestartConsumerAsync();

    [Test]
    [Category(FaultReport.Category)]
    public async Task A_message_that_cannot_be_applied_becomes_a_dead_letter_and_the_others_flow()
    {
        var timers = Enumerable.Range(0, 300).Select(i => ATimer.New().WithFingerprint(i).Build()).ToList();
        Handler.Before = batch => batch.Any(message => message.Fingerprint is 7 or 250)
            ? throw new InvalidOperationException("It does not compute.")
            : Task.CompletedTask;

        await Publisher.PublishAsync(timers, default);

        await Eventually.That(async () => (await DeadLettersAsync()).Count >= 2, MaxWait, "both are dead letters");
        await Eventually.That(
            () => Handler.FirstTimes.Count == 298, MaxWait, () => $"all others are applied, not {Handler.FirstTimes.Count}");
        var dead = await DeadLettersAsync();
        Report("(11) messages that cannot be applied", rounds: 2, timers.Count, dead.Count);
        Assert.That(
            dead.Select(letter => letter.Key), Is.EquivalentTo(new[] { timers[7].TimerId.ToString(), timers[250].TimerId.ToString() }));
        Assert.That(dead.Select(letter => letter.Reason), Is.All.EqualTo("It does not compute."));
        Assert.That(dead.Select(letter => letter.Exception), Is.All.EqualTo(typeof(InvalidOperationException).FullName));
    }

    [Test]
    [Category(FaultReport.Category)]
    public async Task Bytes_that_are_no_message_become_a_dead_letter_unchanged()
    {
        var rubbish = new byte[] { 0x7b, 0xff, 0x00, 0x22 };
        var timer = ATimer.New().Build();

        await PublishRubbishAsync(rubbish);
        await Publisher.PublishAsync([timer], default);

        await Eventually.That(() => Handler.FirstTimes.Count == 1, MaxWait, "what follows is applied");
        await Eventually.That(async () => (await DeadLettersAsync()).Count == 1, MaxWait, "it is a dead letter");
        var dead = await DeadLettersAsync();
        Report("(11) bytes that are no message", rounds: 1, owed: 2, dead.Count);
        Assert.That(dead[0].Value, Is.EqualTo(rubbish));
        Assert.That((await StoredLettersAsync()).Single().Content.ToArray(), Is.EqualTo(rubbish), "it can be inspected");
    }

    [Test]
    public async Task A_message_of_a_tenant_that_cannot_be_becomes_a_dead_letter_and_not_the_default_tenants()
    {
        var strange = ATimer.New().Build();
        var timer = ATimer.New().Build();

        await Publisher.PublishAsync([strange], new MessageContext("No Tenant"), default);
        await Publisher.PublishAsync([timer], default);

        await Eventually.That(
            () => Handler.FirstTimes.Any(message => message.TimerId == timer.TimerId), MaxWait, "what follows is applied");
        await Eventually.That(async () => (await DeadLettersAsync()).Count == 1, MaxWait, "it is a dead letter");
        Assert.That((await DeadLettersAsync())[0].Reason, Does.Contain("'No Tenant'"));
        var stored = (await StoredLettersAsync()).Single();
        Assert.That(
            (stored.Tenant, stored.Type, stored.Key),
            Is.EqualTo((Tenant.Default, TimerMessages.Scheduled.Name, strange.TimerId.ToString())));
        Assert.That(Handler.FirstTimes, Has.Count.EqualTo(1));
    }

    [Test]
    [Category(FaultReport.Category)]
    public async Task A_log_full_of_bytes_that_are_no_message_is_not_emptied_until_a_message_shows_that_others_can_be_read()
    {
        const int Few = 3; // what is given up without proof, so that one of them does not stop a quiet topic
        for (var i = 0; i < 30; i++)
        {
            await PublishRubbishAsync([0x7b, (byte)i]);
        }

        await Eventually.That(() => Stalls.Describe() is not null, MaxWait, "it is told that they wait");
        Assert.That(await DeadLettersAsync(), Has.Count.LessThanOrEqualTo(Few));

        await Publisher.PublishAsync([ATimer.New().Build()], default);

        await Eventually.That(() => Handler.FirstTimes.Count == 1, MaxWait, "what follows is applied");
        await Eventually.That(async () => (await DeadLettersAsync()).Count == 30, MaxWait, "they are dead letters");
        await Eventually.That(() => Stalls.Describe() is null, MaxWait, "it is over");
        var letters = await StoredLettersAsync();
        Report("(11) a log full of bytes that are no message", rounds: 1, owed: 31, letters.Count);
        Assert.That(letters.Select(letter => letter.Content.ToArray()[1]), Is.EquivalentTo(Enumerable.Range(0, 30)));
    }

    [Test]
    [Category(FaultReport.Category)]
    public async Task A_store_that_is_away_for_a_while_loses_nothing_and_keeps_the_order()
    {
        var failures = 0;
        Handler.Before = _ => Interlocked.Increment(ref failures) <= 5
            ? throw new StoreUnavailableException(WriteOutcome.Unknown, "The store is away.")
            : Task.CompletedTask;
        var ids = Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7()).ToList();
        for (var i = 0; i < 50; i++)
        {
            await Publisher.PublishAsync([.. ids.Select(id => ATimer.New().WithId(id).WithFingerprint(i).Build())], default);
        }

        await Eventually.That(() => Handler.FirstTimes.Count == 200, MaxWait, () => $"all are applied, not {Handler.FirstTimes.Count}");
        foreach (var key in Handler.FirstTimes.GroupBy(message => message.TimerId))
        {
            Assert.That(key.Select(message => message.Fingerprint), Is.Ordered);
        }

        Assert.That(await DeadLettersAsync(), Is.Empty);
    }

    [Test]
    public async Task Another_consumer_goes_on_where_the_one_before_ended()
    {
        var first = Enumerable.Range(0, 500).Select(_ => ATimer.New().Build()).ToList();
        var second = Enumerable.Range(0, 500).Select(_ => ATimer.New().Build()).ToList();
        await Publisher.PublishAsync(first, default);
        await Eventually.That(() => Handler.Count > 0, MaxWait, "some are applied");

        await RestartConsumerAsync();
        await Publisher.PublishAsync(second, default);

        await Eventually.That(() => Handler.FirstTimes.Count == 1_000, MaxWait, () => $"all are applied, not {Handler.FirstTimes.Count}");
        Assert.That(Handler.Count, Is.LessThan(2_000), "not everything is repeated");
    }

    private ConsumerStalls Stalls => Consumer.GetRequiredService<ConsumerStalls>();

    /// <summary>What the Consumers' store keeps for those who inspect it.</summary>
    protected async Task<IReadOnlyList<global::Contracts.Messaging.DeadLetter>> StoredLettersAsync()
    {
        var store = Consumer.GetRequiredService<IDeadLetterStore>();
        var page = await store.ListAsync(new DeadLetterQuery { Limit = 1_000 }, default);
        var letters = await Task.WhenAll(page.Items.Select(letter => store.FindAsync(letter.Tenant, letter.Id, default)));
        return [.. letters.OfType<global::Contracts.Messaging.DeadLetter>()];
    }

    /// <summary>Of what was published, as it is when the test looks: each is applied, or a dead letter.</summary>
    private void Report(string fault, int rounds, int owed, int dead)
    {
        var (all, once) = (Handler.Count, Handler.FirstTimes.Count);
        FaultReport.Note(fault, Broker, rounds, owed, lost: owed - once - dead, repeated: all - once);
    }

    /// <summary>A message that could not be applied.</summary>
    protected sealed record DeadLetter(string Key, byte[] Value, string Reason, string Exception);
}
