using Contracts.Timers;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Contract;

/// <summary>What the suites of both ports share: a fresh store for every test, a clock to turn, short words for common steps.</summary>
public abstract class TimerStorageSuite
{
    private ITimerStorage? storage;

    protected static DateTimeOffset Noon => Clocks.Noon;

    protected FakeTimeProvider Clock { get; private set; } = null!;

    protected ITimerStorage Storage => storage!;

    protected ITimerStore Store => Storage.Timers;

    protected IDueTimers Due => Storage.Due;

    [SetUp]
    public void Open()
    {
        Clock = Clocks.AtNoon();
        storage = CreateStorage(Clock);
    }

    /// <summary>Where the engine is not to be had there is none, and the test is ignored.</summary>
    [TearDown]
    public void Close()
    {
        storage?.Dispose();
        storage = null;
    }

    protected abstract ITimerStorage CreateStorage(TimeProvider time);

    protected async Task<TimerRecord> AddAsync(ATimer timer)
    {
        var created = timer.Build();
        await Store.AddAsync([created], default);
        return await FindAsync(created.TimerId);
    }

    protected async Task<TimerRecord> FindAsync(Guid key) => (await Store.FindAsync([key], default)).Single();

    protected async Task<TimerRecord?> FindOrNullAsync(Guid key) => (await Store.FindAsync([key], default)).SingleOrDefault();

    protected Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(DateTimeOffset until, int limit = 1_000) =>
        Due.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, until, limit, long.MaxValue), default);

    /// <summary>Stores a timer and claims it.</summary>
    protected async Task<ClaimedTimer> ArmAsync(ATimer? timer = null)
    {
        var row = await AddAsync(timer ?? ATimer.New());
        return (await ClaimAsync(row.NextAt)).Single(claimed => claimed.Key == row.Key);
    }

    /// <summary>Stores a timer under the park policy, claims it and marks it as being sent.</summary>
    protected async Task<ClaimedTimer> SendAsync()
    {
        var armed = await ArmAsync(ATimer.New().Parked());
        return (await Due.MarkSendingAsync([armed], default)).Single();
    }

    /// <summary>Records a command on a claimed timer, as the Producer does.</summary>
    protected async Task CommandAsync(Guid key, PendingCommand command)
    {
        var row = await FindAsync(key);
        Assert.That(await Store.TryReplaceAsync(row, row with { Pending = command, Version = row.Version + 1 }, default), Is.True);
    }

    protected async Task CancelAsync(Guid key)
    {
        var row = await FindAsync(key);
        var cancelled = row with { State = TimerState.Cancelled, NextAt = Noon, Version = row.Version + 1 };
        Assert.That(await Store.TryReplaceAsync(row, cancelled, default), Is.True);
    }
}
