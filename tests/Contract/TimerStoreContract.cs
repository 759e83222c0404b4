using System.Text.Json;
using Contracts.Common;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract;

/// <summary>What <see cref="ITimerStore"/> promises, of every implementation.</summary>
public abstract partial class TimerStoreContract : TimerStorageSuite
{
    [Test]
    public async Task AddAsync_of_a_new_timer_keeps_everything_and_waits_for_its_due_instant()
    {
        var created = ATimer.New()
            .DueAt(Noon.AddMilliseconds(1)).CreatedAt(Noon.AddHours(-1)).WithFingerprint(-7).WithSpec(_ => FullSpec).Build();

        await Store.AddAsync([created], default);

        var row = await FindAsync(created.TimerId);
        Assert.That(Json(row.Spec), Is.EqualTo(Json(created.Spec)));
        Assert.That(row with { Spec = created.Spec }, Is.EqualTo(TimerRecord.From(created)));
        Assert.That((row.State, row.Version), Is.EqualTo((TimerState.Scheduled, 1)));
    }

    [Test]
    public async Task AddAsync_of_a_key_that_is_there_changes_nothing()
    {
        var first = await AddAsync(ATimer.New().WithFingerprint(1).WithTags("first"));

        await Store.AddAsync(
            [ATimer.New().WithId(first.Key).DueAt(Noon.AddDays(1)).WithFingerprint(2).WithTags("second").Build()], default);

        var row = await FindAsync(first.Key);
        Assert.That((row.DueAt, row.Fingerprint, row.Version), Is.EqualTo((first.DueAt, first.Fingerprint, first.Version)));
        Assert.That((await Store.ListAsync(new TimerQuery { Tags = ["second"] }, default)).Items, Is.Empty);
        Assert.That((await Store.CountAsync(default)).ByState[TimerState.Scheduled], Is.EqualTo(1));
    }

    [Test]
    public async Task AddAsync_of_one_key_twice_in_a_batch_stores_the_first_and_the_others_beside_it()
    {
        var key = Guid.CreateVersion7();
        var other = ATimer.New().Build();

        await Store.AddAsync(
            [ATimer.New().WithId(key).WithFingerprint(1).Build(), ATimer.New().WithId(key).WithFingerprint(2).Build(), other], default);

        Assert.That((await FindAsync(key)).Fingerprint, Is.EqualTo(1));
        Assert.That(await FindOrNullAsync(other.TimerId), Is.Not.Null);
    }

    [Test]
    public async Task AddAsync_of_a_redelivered_timer_that_has_moved_on_leaves_it_where_it_is()
    {
        var created = ATimer.New().Build();
        await Store.AddAsync([created], default);
        await CancelAsync(created.TimerId);

        await Store.AddAsync([created], default);

        Assert.That((await FindAsync(created.TimerId)).State, Is.EqualTo(TimerState.Cancelled));
    }

    [Test]
    public async Task AddAsync_of_none_stores_none()
    {
        await Store.AddAsync([], default);

        Assert.That((await Store.CountAsync(default)).ByState, Is.Empty);
    }

    [Test]
    public async Task AddAsync_of_several_thousands_stores_each()
    {
        var created = Enumerable.Range(0, 2_345).Select(_ => ATimer.New().Build()).ToList();

        await Store.AddAsync(created, default);

        Assert.That(await Store.FindAsync([.. created.Select(timer => timer.TimerId)], default), Has.Count.EqualTo(created.Count));
        Assert.That((await Store.CountAsync(default)).ByState[TimerState.Scheduled], Is.EqualTo(created.Count));
    }

    [Test]
    public async Task AddAsync_of_the_same_keys_by_many_at_once_stores_each_once()
    {
        var keys = Enumerable.Range(0, 50).Select(_ => Guid.CreateVersion7()).ToList();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
            Store.AddAsync([.. keys.Select(key => ATimer.New().WithId(key).WithFingerprint(writer).Build())], default))));

        Assert.That(await Store.FindAsync(keys, default), Has.Count.EqualTo(keys.Count));
        Assert.That((await Store.CountAsync(default)).ByState[TimerState.Scheduled], Is.EqualTo(keys.Count));
    }

    [Test]
    public async Task FindAsync_of_known_and_unknown_keys_gives_the_known_ones()
    {
        var one = await AddAsync(ATimer.New());
        var two = await AddAsync(ATimer.New());

        var found = await Store.FindAsync([one.Key, Guid.NewGuid(), two.Key], default);

        Assert.That(found.Select(row => row.Key), Is.EquivalentTo([one.Key, two.Key]));
    }

    [Test]
    public async Task FindAttemptsAsync_without_attempts_or_without_the_timer_gives_none()
    {
        var row = await AddAsync(ATimer.New());

        foreach (var key in new[] { row.Key, Guid.NewGuid() })
        {
            Assert.That(await Store.FindAttemptsAsync(key, default), Is.Empty);
            Assert.That(await Store.FindLastAttemptAsync(key, default), Is.Null);
        }
    }

    [Test]
    public async Task CountAsync_says_when_that_was_so()
    {
        Clock.Advance(TimeSpan.FromMinutes(3));

        Assert.That((await Store.CountAsync(default)).AsOf, Is.EqualTo(Noon.AddMinutes(3)));
    }

    [Test]
    public async Task Everything_that_was_written_is_there_after_reopening()
    {
        var armed = await ArmAsync(ATimer.New().WithTags("kept"));
        await Due.RecordAsync([armed.Retried(Noon.AddMinutes(1))], default);
        var before = await FindAsync(armed.Key);

        Storage.Reopen();

        var after = await FindAsync(armed.Key);
        Assert.That(Json(after.Spec), Is.EqualTo(Json(before.Spec)));
        Assert.That(after with { Spec = before.Spec }, Is.EqualTo(before));
        Assert.That(await Store.FindAttemptsAsync(armed.Key, default), Has.Count.EqualTo(1));
        Assert.That((await Store.ListAsync(new TimerQuery { Tags = ["kept"] }, default)).Items, Has.Count.EqualTo(1));
        Assert.That((await Store.CountAsync(default)).ByState, Is.EqualTo(new Dictionary<TimerState, long> { [TimerState.Scheduled] = 1 }));
    }

    private static TimerSpec FullSpec => new()
    {
        Url = new Uri("https://example.test:8443/a%20b?c=d&e=%2F"),
        Method = "PUT",
        Headers = new Dictionary<string, string> { ["x-one"] = "1", ["X-Two"] = "zwei" },
        Body = new RawContent("""{"a": [1, 2.50, "\u00e4"], "a b": null}"""u8.ToArray(), IsJson: true),
        Retry = new RetryPolicy { Attempts = 3, Delays = [TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)], Jitter = 0 },
        OnAmbiguous = AmbiguousPolicy.Park,
        Timeout = TimeSpan.FromMilliseconds(2_500),
        Tags = ["red", "größer"],
        Metadata = new RawContent("""{"order":17}"""u8.ToArray(), IsJson: true),
        OwnId = "order/17",
    };

    private static string Json(TimerSpec spec) => JsonSerializer.Serialize(spec, TimersJson.Default.TimerSpec);
}
