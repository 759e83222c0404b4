using System.Net;
using Contracts.Storage;
using Contracts.Timers;
using Runner.Timers.Armed;
using Runner.Timers.Receivers;
using Tests.Support;

namespace Tests.Runner;

/// <summary>
/// Where outcomes are kept in pages first: a webhook is settled by its page, and the rows follow when nobody waits for pages.
/// </summary>
public sealed class OutcomeKeeperTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [Test]
    public async Task A_webhook_is_settled_by_its_page_while_the_store_takes_no_rows()
    {
        var pages = new Pages();
        await using var parts = await RunnerParts.StartAsync(pages: pages);
        var armed = await SendAsync(parts, 20);
        parts.Store.Failure = new StoreUnavailableException(WriteOutcome.Refused, "down");

        await RecordAsync(parts, armed);

        await Eventually.That(() => parts.Budget.Exposed == 0, Deadline, "all are settled");
        Assert.That((parts.Armed.Count, pages.Kept.Count), Is.EqualTo((20, 20)), "the store has none of them");
        parts.Store.Failure = null;
        await TurnUntilAsync(parts, () => parts.Armed.Count == 0 && pages.Kept.Count == 0, "all are written, and their pages removed");
        Assert.That(await parts.CountAsync(TimerState.Succeeded), Is.EqualTo(20));
    }

    [Test]
    public async Task Without_pages_a_webhook_is_settled_by_its_row()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = await SendAsync(parts, 20);
        parts.Store.Failure = new StoreUnavailableException(WriteOutcome.Refused, "down");

        await RecordAsync(parts, armed);

        await TurnUntilAsync(parts, () => parts.Store.Failed >= 2, "it keeps trying");
        Assert.That(parts.Budget.Exposed, Is.EqualTo(20));
        parts.Store.Failure = null;
        await TurnUntilAsync(parts, () => parts.Budget.Exposed == 0, "all are settled");
    }

    [Test]
    public async Task What_no_page_takes_is_settled_by_its_row()
    {
        var pages = new Pages { Failure = new StoreUnavailableException(WriteOutcome.Unknown, "down") };
        await using var parts = await RunnerParts.StartAsync(pages: pages);
        var armed = await SendAsync(parts, 20);

        await RecordAsync(parts, armed);

        await Eventually.That(() => parts.Armed.Count == 0 && parts.Budget.Exposed == 0, Deadline, "all are written");
        Assert.That(await parts.CountAsync(TimerState.Succeeded), Is.EqualTo(20));
    }

    [Test]
    public async Task A_page_that_cannot_be_removed_is_removed_with_later_ones()
    {
        var pages = new Pages { RemovalFailure = new StoreUnavailableException(WriteOutcome.Unknown, "down") };
        await using var parts = await RunnerParts.StartAsync(pages: pages);
        var armed = await SendAsync(parts, 21);
        await RecordAsync(parts, armed.Take(20));
        await Eventually.That(() => parts.Armed.Count == 1 && pages.RemovalsFailed > 0, Deadline, "the rows are written");
        Assert.That(pages.Kept, Is.Not.Empty);

        pages.RemovalFailure = null;
        await RecordAsync(parts, armed.Skip(20));

        await Eventually.That(() => pages.Kept.Count == 0, Deadline, "no page is left");
    }

    [Test]
    public async Task Rows_wait_while_webhooks_wait_for_pages_but_not_for_ever()
    {
        var pages = new Pages();
        await using var parts = await RunnerParts.StartAsync(pages: pages);
        var armed = await SendAsync(parts, SendBudget.MaxExposed);
        void TakeWhatIsFree()
        {
            while (parts.Budget.TryTake(Share(parts), TakeWhatIsFree) is not null)
            {
                // There is always another one that waits.
            }
        }

        TakeWhatIsFree();

        await RecordAsync(parts, armed.Take(1));
        await Eventually.That(() => pages.Kept.Count == 1 && parts.Budget.Exposed == SendBudget.MaxExposed, Deadline, "its page is there");
        Assert.That(await parts.CountAsync(TimerState.Succeeded), Is.Zero);
        await TurnUntilAsync(parts, async () => await parts.CountAsync(TimerState.Succeeded) == 1, "it is written all the same");
    }

    [Test]
    public async Task Rows_do_not_wait_where_pages_are_refused()
    {
        var pages = new Pages { Failure = new StoreUnavailableException(WriteOutcome.Unknown, "down") };
        await using var parts = await RunnerParts.StartAsync(pages: pages);
        var armed = await SendAsync(parts, SendBudget.MaxExposed);
        void TakeWhatIsFree()
        {
            while (parts.Budget.TryTake(Share(parts), TakeWhatIsFree) is not null)
            {
                // There is always another one that waits.
            }
        }

        TakeWhatIsFree();

        await RecordAsync(parts, armed.Take(1));

        await Eventually.That(
            async () => await parts.CountAsync(TimerState.Succeeded) == 1, Deadline, "it is written, although the clock stands still");
    }

    [Test]
    public async Task StopAsync_writes_what_was_not_even_in_a_page()
    {
        var pages = new Pages();
        await using var parts = new RunnerParts(pages: pages);
        var armed = await SendAsync(parts, 5);
        await RecordAsync(parts, armed);

        await parts.Recorder.StartAsync(default);
        await parts.Recorder.StopAsync(default);

        Assert.That(await parts.CountAsync(TimerState.Succeeded), Is.EqualTo(5));
        Assert.That(pages.Kept, Is.Empty);
    }

    [Test]
    public async Task A_stop_that_is_out_of_time_waits_for_no_page()
    {
        var pages = new Pages { Waits = true };
        await using var parts = await RunnerParts.StartAsync(pages: pages);
        var armed = await SendAsync(parts, 5);
        await RecordAsync(parts, armed);
        await Eventually.That(() => pages.Asked > 0, Deadline, "a page is under way that never ends");
        using var outOfTime = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await parts.Recorder.StopAsync(outOfTime.Token).WaitAsync(Deadline);

        Assert.That(await parts.CountAsync(TimerState.Succeeded), Is.EqualTo(5), "their rows are written");
    }

    private static SendShare Share(RunnerParts parts) => parts.Budget.Join(new IPEndPoint(IPAddress.Loopback, 80));

    private static async Task<IReadOnlyList<ArmedTimer>> SendAsync(RunnerParts parts, int count)
    {
        var armed = await parts.ArmAsync(Lane.OnTime, Enumerable.Range(0, count).Select(_ => ATimer.New()));
        foreach (var timer in armed)
        {
            timer.Slot = parts.Budget.TryTake(Share(parts), () => { });
        }

        return armed;
    }

    private static async Task RecordAsync(RunnerParts parts, IEnumerable<ArmedTimer> armed)
    {
        foreach (var timer in armed)
        {
            await parts.Recorder.RecordAsync(timer, timer.Timer.Succeeded());
            timer.Slot!.End();
        }
    }

    private static Task TurnUntilAsync(RunnerParts parts, Func<bool> condition, string because) =>
        TurnUntilAsync(parts, () => Task.FromResult(condition()), because);

    private static Task TurnUntilAsync(RunnerParts parts, Func<Task<bool>> condition, string because) =>
        Eventually.That(
            () =>
            {
                parts.Clock.Advance(TimeSpan.FromMilliseconds(100));
                return condition();
            },
            Deadline,
            because);

    private sealed class Pages : IOutcomePages
    {
        private readonly Dictionary<long, IReadOnlyList<AttemptOutcome>> pages = [];
        private long last;
        private int removalsFailed;
        private int asked;

        public Exception? Failure { get; init; }

        public Exception? RemovalFailure { get; set; }

        public int RemovalsFailed => Volatile.Read(ref removalsFailed);

        public IReadOnlyList<AttemptOutcome> Kept
        {
            get
            {
                lock (pages)
                {
                    return [.. pages.Values.SelectMany(page => page)];
                }
            }
        }

        /// <summary>Whether adding ends only when it is cancelled.</summary>
        public bool Waits { get; init; }

        public int Asked => Volatile.Read(ref asked);

        public async Task<long> AddAsync(Guid runner, IReadOnlyList<AttemptOutcome> outcomes, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref asked);
            if (Waits)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            if (Failure is not null)
            {
                throw Failure;
            }

            lock (pages)
            {
                pages[++last] = outcomes;
                return last;
            }
        }

        public Task RemoveAsync(Guid runner, IReadOnlyList<long> numbers, CancellationToken cancellationToken)
        {
            if (RemovalFailure is not null)
            {
                Interlocked.Increment(ref removalsFailed);
                throw RemovalFailure;
            }

            lock (pages)
            {
                foreach (var number in numbers)
                {
                    pages.Remove(number);
                }
            }

            return Task.CompletedTask;
        }
    }
}
