using Contracts.Storage;
using Producer.Timers;
using Tests.Support;

namespace Tests.Producer.Units;

public sealed class RowWaitersTests
{
    private SwitchedStore store = null!;
    private RowWaiters waiters = null!;

    [SetUp]
    public void Start()
    {
        store = new SwitchedStore();
        waiters = new RowWaiters(store, TimeProvider.System);
    }

    [TearDown]
    public void Stop() => store.Dispose();

    [Test]
    public async Task All_who_wait_are_served_when_the_rows_come()
    {
        var created = Enumerable.Range(0, 50).Select(_ => ATimer.New().Build()).ToList();
        var waits = created.SelectMany(timer => new[]
        {
            waiters.WaitAsync(timer.TimerId.Address(), default),
            waiters.WaitAsync(timer.TimerId.Address(), default),
        }).ToList();

        await store.AddAsync(created, default);

        var rows = await Task.WhenAll(waits);
        Assert.That(rows.Select(row => row.Key), Is.EqualTo(created.SelectMany(timer => new[] { timer.TimerId, timer.TimerId })));
    }

    [Test]
    public async Task Who_no_longer_wants_to_wait_leaves_the_others_waiting()
    {
        var created = ATimer.New().Build();
        using var impatience = new CancellationTokenSource();
        var left = waiters.WaitAsync(created.TimerId.Address(), impatience.Token);
        var stays = waiters.WaitAsync(created.TimerId.Address(), default);

        await impatience.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => left);
        await store.AddAsync([created], default);

        Assert.That((await stays).Key, Is.EqualTo(created.TimerId));
    }

    [Test]
    public async Task A_store_that_fails_for_a_while_is_asked_again()
    {
        var created = ATimer.New().Build();
        store.ReadFailure = new StoreUnavailableException(WriteOutcome.Refused, "down");
        var waits = waiters.WaitAsync(created.TimerId.Address(), default);
        await Eventually.That(() => store.Reads > 1, TimeSpan.FromSeconds(10), "it is asked again");

        await store.AddAsync([created], default);
        store.ReadFailure = null;

        Assert.That((await waits).Key, Is.EqualTo(created.TimerId));
    }

    [Test]
    public void A_defect_is_told_to_those_who_wait()
    {
        store.ReadFailure = new InvalidOperationException("defect");

        Assert.ThrowsAsync<InvalidOperationException>(() => waiters.WaitAsync(Guid.NewGuid().Address(), default));
    }
}
