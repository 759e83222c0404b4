using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Messaging;
using Tests.Faults;
using Tests.Support;

namespace Tests.Infrastructure;

public sealed class InProcessLogTests
{
    private GatedHandler handler = null!;
    private LogParts.EmbeddedLog log = null!;
    private KeptLog<InProcessApplier> logged = null!;

    [SetUp]
    public async Task Start()
    {
        handler = new GatedHandler();
        logged = new KeptLog<InProcessApplier>();
        log = LogParts.Embedded(handler, logger: logged);
        await log.StartAsync(default);
    }

    [TearDown]
    public async Task Stop()
    {
        handler.Open();
        await log.StopAsync(default);
        log.Dispose();
    }

    [Test]
    public async Task PublishAsync_completes_when_the_handler_has_and_not_before()
    {
        var published = PublishAsync([1, 2], default);
        await handler.EnteredAsync();
        var before = published.IsCompleted;

        handler.Open();

        Assert.That((await published).Effects, Is.EqualTo(MessageEffects.Stored));
        Assert.That(before, Is.False);
    }

    [Test]
    public async Task PublishAsync_while_a_batch_is_committed_gathers_into_the_next_one_in_order()
    {
        var first = PublishAsync([1], default);
        await handler.EnteredAsync();
        var others = new[] { PublishAsync([2, 3], default), PublishAsync([4], default), PublishAsync([5], default) };

        handler.Open();
        await Task.WhenAll([first, .. others]);

        Assert.That(handler.Batches, Is.EqualTo(new int[][] { [1], [2, 3, 4, 5] }));
    }

    [Test]
    public async Task PublishAsync_of_very_many_hands_over_bounded_batches_and_a_large_publication_as_it_is()
    {
        var first = PublishAsync([0], default);
        await handler.EnteredAsync();
        var large = PublishAsync([.. Enumerable.Range(1, 3_000)], default);
        var small = Enumerable.Range(0, 1_500).Select(i => PublishAsync([i], default)).ToList();

        handler.Open();
        await Task.WhenAll([first, large, .. small]);

        Assert.That(handler.Batches.Select(batch => batch.Length), Is.EqualTo([1, 3_000, 1_000, 500]));
    }

    [Category(FaultReport.Category)]
    [TestCase(WriteOutcome.Refused)]
    [TestCase(WriteOutcome.Unknown)]
    public async Task PublishAsync_with_the_store_unavailable_tells_its_outcome_and_reason(WriteOutcome outcome)
    {
        handler.Failure = new StoreUnavailableException(outcome, "The disk is full.");
        handler.Open();

        var error = Assert.ThrowsAsync<LogUnavailableException>(() => PublishAsync([1], default));

        Assert.That((error.Outcome, error.Message), Is.EqualTo((outcome, "The disk is full.")));
        handler.Failure = null;
        Assert.That((await PublishAsync([2], default)).Effects, Is.EqualTo(MessageEffects.Stored));
    }

    [Test]
    public void PublishAsync_with_a_defect_in_the_handler_is_unknown_and_tells_nothing_of_the_defect()
    {
        handler.Failure = new InvalidOperationException("inner detail");
        handler.Open();

        var error = Assert.ThrowsAsync<LogUnavailableException>(() => PublishAsync([1], default));

        Assert.That(error.Outcome, Is.EqualTo(WriteOutcome.Unknown));
        Assert.That(error.Message, Does.Not.Contain("inner detail"));
        Assert.That(logged.Text, Does.StartWith("2004 Messages of timers that cannot be applied: 1."), "else nobody would know");
    }

    [Test]
    public async Task PublishAsync_whose_caller_goes_away_is_applied_all_the_same()
    {
        using var caller = new CancellationTokenSource();
        var published = PublishAsync([1], caller.Token);
        await handler.EnteredAsync();

        await caller.CancelAsync();
        handler.Open();

        Assert.That(async () => await published, Throws.InstanceOf<OperationCanceledException>());
        await log.StopAsync(default);
        Assert.That(handler.Batches, Is.EqualTo(new int[][] { [1] }));
    }

    [Test]
    public async Task PublishAsync_of_a_message_that_cannot_be_applied_fails_for_its_own_publisher_alone()
    {
        var first = PublishAsync([1], default);
        await handler.EnteredAsync();
        handler.Poison = 3;
        var others = new[] { PublishAsync([2], default), PublishAsync([3], default), PublishAsync([4, 5], default) };

        handler.Open();
        var receipts = await Task.WhenAll([first, .. others]);

        Assert.That(receipts.Select(receipt => receipt.Rejected.Count), Is.EqualTo(new[] { 0, 0, 1, 0 }));
        Assert.That(receipts[2].Rejected[0].Reason, Is.EqualTo("It is poison."));
        Assert.That(handler.Batches[1], Is.EqualTo(new[] { 2, 3, 4, 5 }), "they shared a commit");
        Assert.That(handler.Applied, Is.EqualTo(new[] { 1, 2, 4, 5 }));
    }

    [Test]
    public async Task StopAsync_applies_what_waits_and_refuses_what_comes_later()
    {
        var first = PublishAsync([1], default);
        await handler.EnteredAsync();
        var waiting = PublishAsync([2], default);

        var stopping = log.StopAsync(default);
        var error = Assert.ThrowsAsync<LogUnavailableException>(() => PublishAsync([3], default));
        handler.Open();
        await stopping;

        Assert.That(error.Outcome, Is.EqualTo(WriteOutcome.Refused));
        Assert.That(((await first).Effects, (await waiting).Effects), Is.EqualTo((MessageEffects.Stored, MessageEffects.Stored)));
        Assert.That(handler.Batches, Is.EqualTo(new int[][] { [1], [2] }));
    }

    private Task<PublishReceipt> PublishAsync(IEnumerable<int> numbers, CancellationToken cancellationToken) =>
        log.PublishAsync([.. numbers.Select(number => ATimer.New().WithFingerprint(number).Build())], cancellationToken);

    /// <summary>Holds every batch until it is opened.</summary>
    private sealed class GatedHandler : IBatchHandler<TimerScheduled>
    {
        private readonly TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<int[]> batches = [];

        public Exception? Failure { get; set; }

        /// <summary>A number whose batch is rejected.</summary>
        public int? Poison { get; set; }

        public IReadOnlyList<int[]> Batches => batches;

        public List<int> Applied { get; } = [];

        public Task EnteredAsync() => entered.Task;

        public void Open() => opened.TrySetResult();

        public async Task HandleAsync(IReadOnlyList<Received<TimerScheduled>> messages, CancellationToken cancellationToken)
        {
            int[] batch = [.. messages.Select(each => (int)each.Message.Fingerprint!.Value)];
            batches.Add(batch);
            entered.TrySetResult();
            await opened.Task;
            if (Failure is { } failure)
            {
                throw failure;
            }

            if (Poison is { } poison && batch.Contains(poison))
            {
                throw new MessageRejectedException("It is poison.");
            }

            Applied.AddRange(batch);
        }
    }
}
