using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>How a batch is applied, whatever log it came from.</summary>
public sealed class BatchApplierTests
{
    private static readonly List<TimerScheduled> Timers = [.. Enumerable.Range(0, 10).Select(i => ATimer.New().WithFingerprint(i).Build())];

    [Test]
    public async Task ApplyAsync_counts_what_was_applied_and_neither_dead_letters_nor_what_another_has()
    {
        var handler = Failing(timer => timer.Fingerprint == 4);
        var applier = new Applier(handler, isMine: timer => timer.Fingerprint != 8);

        var applied = await applier.ApplyAsync(Timers);

        Assert.That(applied, Is.EqualTo(8));
        Assert.That(applier.Dead, Is.EqualTo(new long[] { 4 }));
        Assert.That(handler.Messages.Select(message => message.Fingerprint), Is.EqualTo(new long?[] { 0, 1, 2, 3, 5, 6, 7, 9 }));
    }

    [Test]
    public async Task ApplyAsync_of_a_batch_of_which_nothing_can_be_applied_throws_nothing_away_and_tries_again()
    {
        var broken = true;
        var handler = Failing(_ => broken);
        var clock = Clocks.AtNoon();
        var stalls = new ConsumerStalls();
        var applier = new Applier(handler, time: clock, stalls: stalls);

        var applying = applier.ApplyAsync(Timers);
        await TurnAsync(clock, () => handler.Calls > 100);

        Assert.That((applying.IsCompleted, applier.Dead.Count), Is.EqualTo((false, 0)));
        Assert.That(stalls.Describe(), Does.Contain("timers").And.Contain("Never."));

        broken = false;
        await TurnAsync(clock, () => applying.IsCompleted);

        Assert.That(await applying, Is.EqualTo(10));
        Assert.That(stalls.Describe(), Is.Null);
    }

    [Test]
    public async Task ApplyAsync_of_a_lone_message_that_fails_again_and_again_makes_a_dead_letter_of_a_few_and_no_more()
    {
        var handler = Failing(timer => timer.Fingerprint < 9);
        var clock = Clocks.AtNoon();
        var applier = new Applier(handler, time: clock);

        for (var i = 0; i < Applier.MaxUnproven; i++)
        {
            var applying = applier.ApplyAsync([Timers[i]]);
            await TurnAsync(clock, () => applying.IsCompleted);
        }

        var calls = handler.Calls;
        var stalled = applier.ApplyAsync([Timers[5]]);
        await TurnAsync(clock, () => handler.Calls > calls + 20);

        Assert.That(applier.Dead, Is.EqualTo(new long[] { 0, 1, 2 }));
        Assert.That(stalled.IsCompleted, Is.False, "so many in a row look like a defect of the handler");
    }

    [Test]
    public async Task A_stall_is_over_when_the_last_of_its_messages_is_a_dead_letter()
    {
        var clock = Clocks.AtNoon();
        var stalls = new ConsumerStalls();
        var applier = new Applier(Failing(_ => true), time: clock, stalls: stalls);

        var applying = applier.ApplyAsync([Timers[0]]);
        Assert.That((stalls.Describe() is null, applier.IsStalled), Is.EqualTo((false, true)));
        await TurnAsync(clock, () => applying.IsCompleted);

        Assert.That(applier.Dead, Has.Count.EqualTo(1));
        Assert.That((stalls.Describe(), applier.IsStalled), Is.EqualTo(((string?)null, false)));
    }

    [Test]
    public async Task Messages_that_fail_where_a_later_one_can_be_applied_are_dead_letters_however_many_they_are()
    {
        var handler = Failing(timer => timer.Fingerprint < 8);
        var clock = Clocks.AtNoon();
        var applier = new Applier(handler, time: clock);
        var applying = applier.ApplyAsync(Timers.Take(7));
        await TurnAsync(clock, () => handler.Calls > 50);
        Assert.That(applier.Dead, Is.Empty, "nothing speaks for the handler");

        applier.LaterEntries = [applier.EntryOf(Timers[7]), applier.EntryOf(Timers[8])];
        await TurnAsync(clock, () => applying.IsCompleted);

        Assert.That(applier.Dead, Is.EqualTo(new long[] { 0, 1, 2, 3, 4, 5, 6 }));
        Assert.That(await applying, Is.Zero, "the witness is counted with its own batch");
    }

    [Test]
    public async Task A_later_message_is_not_applied_before_an_earlier_one_of_its_partition_that_waits()
    {
        var handler = Failing(timer => timer.Fingerprint < 5);
        var clock = Clocks.AtNoon();
        var applier = new Applier(handler, time: clock);
        Entry[] batch = [.. Timers.Take(5).Select(timer => applier.EntryOf(timer)), applier.EntryOf(Timers[5], another: true)];
        applier.LaterEntries =
        [
            applier.EntryOf(Timers[6]),
            applier.EntryOf(Timers[7], another: true, partition: 1),
            applier.EntryOf(Timers[8], partition: 1),
        ];

        var applying = applier.ApplyAsync(batch, default);
        await TurnAsync(clock, () => handler.Calls > 50);
        Assert.That((handler.Messages.Count, applier.Dead.Count), Is.EqualTo((0, 0)), "behind 5 of the batch, and behind 7");

        applier.LaterEntries = [applier.EntryOf(Timers[9], partition: 2)];
        await TurnAsync(clock, () => applying.IsCompleted);

        Assert.That(applier.Dead, Is.EqualTo(new long[] { 0, 1, 2, 3, 4 }));
        Assert.That(handler.Messages.Select(message => message.Fingerprint), Is.EqualTo(new long?[] { 9, 5 }));
    }

    [Test]
    public async Task ApplyAsync_of_a_message_that_its_handler_rejects_makes_a_dead_letter_of_it_at_once()
    {
        var handler = new RecordingHandler { Before = _ => throw new MessageRejectedException("It is nonsense.") };
        var applier = new Applier(handler);

        await applier.ApplyAsync(Timers);

        Assert.That(applier.Dead, Has.Count.EqualTo(10));
    }

    [Test]
    public async Task Messages_that_cannot_be_read_are_dead_letters_where_others_of_their_batch_are_applied_and_else_wait_for_a_witness()
    {
        var handler = new RecordingHandler();
        var clock = Clocks.AtNoon();
        var stalls = new ConsumerStalls();
        var applier = new Applier(handler, time: clock, stalls: stalls);

        var applied = await applier.ApplyAsync([Applier.Unreadable(0), applier.EntryOf(Timers[0]), Applier.Unreadable(1)], default);
        Assert.That(applied, Is.EqualTo(1));
        Assert.That(applier.Dead, Is.EqualTo(new long[] { 0, 1 }));

        var applying = applier.ApplyAsync([.. Enumerable.Range(2, 5).Select(Applier.Unreadable)], default);
        await TurnAsync(clock, () => clock.GetUtcNow() > Clocks.AtNoon().GetUtcNow() + TimeSpan.FromMinutes(10));
        Assert.That((applying.IsCompleted, applier.Dead.Count), Is.EqualTo((false, 2)), "an older release may not know a newer one's type");
        Assert.That(stalls.Describe(), Does.Contain("timers").And.Contain("Unreadable."));

        // Of another type and behind one that cannot be read either: whoever reads anything can read.
        applier.LaterEntries = [Applier.Unreadable(7), applier.EntryOf(Timers[8], another: true)];
        await TurnAsync(clock, () => applying.IsCompleted);

        Assert.That(applier.Dead, Is.EqualTo(new long[] { 0, 1, 2, 3, 4, 5, 6 }));
    }

    [Test]
    public async Task A_witness_ends_a_long_pause()
    {
        var clock = Clocks.AtNoon();
        var applier = new Applier(Failing(timer => timer.Fingerprint < 8), time: clock);
        var applying = applier.ApplyAsync(Timers.Take(7));
        await TurnAsync(clock, () => clock.GetUtcNow() > Clocks.AtNoon().GetUtcNow() + TimeSpan.FromMinutes(10));

        applier.LaterEntries = [applier.EntryOf(Timers[8])];
        await Eventually.That(
            () =>
            {
                applier.Tell();
                clock.Advance(TimeSpan.FromMilliseconds(1));
                return applying.IsCompleted;
            },
            TimeSpan.FromSeconds(30),
            "it does not wait for its 30 seconds");

        Assert.That(clock.GetUtcNow(), Is.LessThan(Clocks.AtNoon().GetUtcNow() + TimeSpan.FromMinutes(11)));
    }

    private static async Task TurnAsync(FakeTimeProvider clock, Func<bool> until)
    {
        await Eventually.That(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return until();
            },
            TimeSpan.FromSeconds(30),
            "it goes on");
    }

    private static RecordingHandler Failing(Func<TimerScheduled, bool> fails) => new()
    {
        Before = batch => batch.Any(fails) ? throw new InvalidOperationException("Never.") : Task.CompletedTask,
    };

    private sealed class Entry(MessageRoute route, object message, long offset, Func<bool> isMine, int partition = 0)
        : LogEntry(route, message, new LogPosition(Guid.Empty, partition, offset))
    {
        public override bool IsMine => isMine();
    }

    private sealed class Applier(
        IBatchHandler<TimerScheduled> handler, Func<TimerScheduled, bool>? isMine = null, TimeProvider? time = null,
        ConsumerStalls? stalls = null)
        : BatchApplier<Entry>("timers", stalls ?? new ConsumerStalls(), time ?? TimeProvider.System, NullLogger.Instance)
    {
        private readonly MessageRoute route = new MessageRoute<TimerScheduled>(TimerMessages.Scheduled, handler);

        public List<long> Dead { get; } = [];

        private readonly MessageRoute anotherRoute = new MessageRoute<TimerScheduled>(TimerMessages.Scheduled, handler);

        public IReadOnlyList<Entry> LaterEntries { get; set; } = [];

        protected override IReadOnlyList<Entry> Witnesses => LaterEntries;

        public Entry EntryOf(TimerScheduled timer, bool another = false, int partition = 0) =>
            new(another ? anotherRoute : route, timer, timer.Fingerprint!.Value, () => true, partition);

        public static Entry Unreadable(int offset) => new(
            UnreadableRoute.Instance,
            new UnreadableMessage(string.Empty, string.Empty, default, new MessageRejectedException("Unreadable.")), offset, () => true);

        public void Tell() => Witness();

        public Task<int> ApplyAsync(IEnumerable<TimerScheduled> timers) =>
            ApplyAsync(
                [.. timers.Select(timer => new Entry(route, timer, timer.Fingerprint!.Value, () => isMine?.Invoke(timer) != false))],
                default);

        protected override Task DeadLetterAsync(Entry entry, Exception reason, CancellationToken cancellationToken)
        {
            Dead.Add(entry.Position.Offset);
            return Task.CompletedTask;
        }
    }
}
