using Contracts.Common;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Time.Testing;
using Producer.Timers;
using Tests.Support;

namespace Tests.Producer.Units;

/// <summary>
/// What is read where: the cache never changes an answer while the store is up, and "not found" is only said when it is certain.
/// </summary>
public sealed class TimerReadsTests
{
    private static readonly StoreUnavailableException Down = new(WriteOutcome.Refused, "down");

    private readonly ManualCache cache = new();
    private readonly ManualProgress progress = new();
    private readonly FakeTimeProvider clock = Clocks.AtNoon();
    private readonly SwitchedStore store = new();
    private TimerCopies copies = null!;
    private TimerReads reads = null!;

    [SetUp]
    public void Start()
    {
        cache.Flush();
        progress.IsApplied = true;
        progress.Failure = null;
        progress.OnWait = () => Task.CompletedTask;
        store.ReadFailure = null;
        copies = new TimerCopies(cache, clock);
        reads = new TimerReads(store, copies, progress);
    }

    [OneTimeTearDown]
    public void Stop() => store.Dispose();

    [Test]
    public async Task A_stored_timer_is_read_with_its_every_field_and_from_a_copy_just_so()
    {
        var key = await AddAsync(ATimer.New().WithTags("a").WithFingerprint(-3).WithSpec(spec => spec with
        {
            Body = new RawContent("{\"n\": 1.0}"u8.ToArray(), IsJson: true),
            Headers = new Dictionary<string, string> { ["X-A"] = "b" },
            Retry = new RetryPolicy { Attempts = 1, Jitter = 0, Delays = [] },
            Timeout = TimeSpan.FromSeconds(2),
        }));
        var fromStore = (await reads.FindAsync(key.Address(), default))!;
        store.ReadFailure = Down;

        var fromCache = (await reads.FindAsync(key.Address(), default))!;

        Assert.That((fromStore.IsStale, fromCache.IsStale), Is.EqualTo((false, true)));
        Assert.That(
            fromCache.Row with { Spec = fromStore.Row.Spec },
            Is.EqualTo(fromStore.Row));
        var (spec, was) = (fromCache.Row.Spec, fromStore.Row.Spec);
        Assert.That((spec.Url, spec.Method, spec.Body, spec.Retry, spec.Timeout),
            Is.EqualTo((was.Url, was.Method, was.Body, was.Retry, was.Timeout)));
        Assert.That((spec.Tags, spec.Headers), Is.EqualTo((was.Tags, was.Headers)));
    }

    [Test]
    public async Task A_copy_that_is_not_final_does_not_answer_for_the_store()
    {
        var key = await AddAsync(ATimer.New());
        await reads.FindAsync(key.Address(), default);
        await ChangeAsync(key, row => row with { State = TimerState.Paused, Version = 2 });

        Assert.That((await reads.FindAsync(key.Address(), default))!.Row.State, Is.EqualTo(TimerState.Paused));
    }

    [Test]
    public async Task A_final_copy_answers_for_a_minute_without_the_store()
    {
        var key = await AddAsync(ATimer.New());
        await ChangeAsync(key, row => row with { State = TimerState.Cancelled });
        await reads.FindAsync(key.Address(), default);
        store.ReadFailure = Down;

        Assert.That((await reads.FindAsync(key.Address(), default))!.IsStale, Is.False);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That((await reads.FindAsync(key.Address(), default))!.IsStale, Is.True);
    }

    [Test]
    public async Task A_failed_timer_may_be_replayed_so_its_copy_is_not_final()
    {
        var key = await AddAsync(ATimer.New());
        var armed = await store.ClaimAsync(
            new ClaimRequest(DateTimeOffset.MinValue, Clocks.Noon.AddDays(1), 1_000, long.MaxValue), default);
        var claimed = armed.Single(timer => timer.Key == key);
        await store.RecordAsync([claimed.Failed()], default);
        await reads.FindAsync(key.Address(), default);
        await ChangeAsync(key, row => row with { State = TimerState.Scheduled, Version = row.Version + 1 });

        var found = (await reads.FindAsync(key.Address(), default))!;

        Assert.That((found.Row.State, found.Copy.LastAttempt is null), Is.EqualTo((TimerState.Scheduled, false)));
    }

    [Test]
    public async Task A_pending_copy_answers_only_until_there_is_a_row()
    {
        var created = ATimer.New().Build();
        copies.PutPending(TimerRecord.From(created));
        progress.IsApplied = false;

        Assert.That((await reads.FindAsync(created.TimerId.Address(), default))!.Row.State, Is.EqualTo(TimerState.Scheduled));
        await store.AddAsync([created], default);
        await ChangeAsync(created.TimerId, row => row with { State = TimerState.Paused });
        Assert.That((await reads.FindAsync(created.TimerId.Address(), default))!.Row.State, Is.EqualTo(TimerState.Paused));
    }

    [Test]
    public async Task What_is_nowhere_is_not_found_when_the_log_is_applied() =>
        Assert.That(await reads.FindAsync(Guid.NewGuid().Address(), default), Is.Null);

    [Test]
    public async Task What_is_stored_while_the_log_is_waited_for_is_found()
    {
        var created = ATimer.New().Build();
        progress.OnWait = () => store.AddAsync([created], default);

        Assert.That((await reads.FindAsync(created.TimerId.Address(), default))!.Row.Key, Is.EqualTo(created.TimerId));
    }

    [Test]
    public void What_is_nowhere_while_the_log_is_not_applied_cannot_be_told()
    {
        progress.IsApplied = false;

        Assert.ThrowsAsync<LogUnavailableException>(() => reads.FindAsync(Guid.NewGuid().Address(), default));
        Assert.ThrowsAsync<LogUnavailableException>(() => reads.FindRowAsync(Guid.NewGuid().Address(), default));
    }

    [Test]
    public async Task Without_the_log_what_is_stored_is_found_and_the_rest_cannot_be_told()
    {
        var key = await AddAsync(ATimer.New());
        progress.Failure = new LogUnavailableException(WriteOutcome.Refused, "no log");

        Assert.That(await reads.FindAsync(key.Address(), default), Is.Not.Null);
        Assert.ThrowsAsync<LogUnavailableException>(() => reads.FindAsync(Guid.NewGuid().Address(), default));
    }

    [Test]
    public void Without_the_store_and_without_a_copy_it_says_so()
    {
        store.ReadFailure = Down;

        Assert.ThrowsAsync<StoreUnavailableException>(() => reads.FindAsync(Guid.NewGuid().Address(), default));
    }

    [Test]
    public async Task A_copy_that_cannot_be_read_is_as_good_as_none()
    {
        var key = await AddAsync(ATimer.New());
        cache.Put(Tenant.Default, $"timer:{key:N}", "{"u8.ToArray(), TimeSpan.FromMinutes(1));

        Assert.That(await reads.FindAsync(key.Address(), default), Is.Not.Null);
    }

    private async Task<Guid> AddAsync(ATimer timer)
    {
        var created = timer.Build();
        await store.AddAsync([created], default);
        return created.TimerId;
    }

    private async Task ChangeAsync(Guid key, Func<TimerRecord, TimerRecord> change)
    {
        var row = (await store.FindAsync([key], default)).Single();
        Assert.That(await store.TryReplaceAsync(row, change(row), default), Is.True);
    }
}
