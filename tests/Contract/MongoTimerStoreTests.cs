using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Mongo;
using Tests.Support;

namespace Tests.Contract;

[Parallelizable]
public sealed class MongoTimerStoreTests : TimerStoreContract
{
    protected override ITimerStorage CreateStorage(TimeProvider time) => new MongoTimerStorage(time);
}

[Parallelizable]
public sealed class MongoDueTimersTests : DueTimersContract
{
    protected override ITimerStorage CreateStorage(TimeProvider time) => new MongoTimerStorage(time);

    [Test]
    public async Task ClaimAsync_by_ten_claimers_of_two_services_gives_each_timer_to_one_of_them()
    {
        const int Timers = 600;
        await Store.AddAsync([.. Enumerable.Range(0, Timers).Select(_ => ATimer.New().Build())], default);
        using var connection = new MongoConnection(((MongoTimerStorage)Storage).Uri, MongoDatabase.Options, TimeProvider.System);
        using var second = new MongoTimerStore(connection, MongoDatabase.Options, Clock);

        var claims = await Task.WhenAll(Enumerable.Range(0, 10).Select(claimer => Task.Run(async () =>
        {
            var mine = new List<ClaimedTimer>();
            IReadOnlyList<ClaimedTimer> batch;
            var request = new ClaimRequest(DateTimeOffset.MinValue, Noon, 40, long.MaxValue) { Runner = Guid.NewGuid() };
            do
            {
                // Each from all shards, so that they meet.
                batch = await (claimer % 2 == 0 ? Due : second).ClaimAsync(request, default);
                mine.AddRange(batch);
            }
            while (batch.Count > 0 || await Due.CountDueAsync(request, default) > 0);

            return mine;
        })));

        var all = claims.SelectMany(mine => mine).ToList();
        Assert.That(all.Select(timer => timer.Key), Is.Unique);
        Assert.That(all, Has.Count.EqualTo(Timers));
        var rows = (await Store.FindAsync([.. all.Select(timer => timer.Key)], default)).ToDictionary(row => row.Key);
        Assert.That(all, Has.All.Matches<ClaimedTimer>(timer => rows[timer.Key].Claim == timer.Token));
    }
}

/// <summary>MongoDB, in a database that one test after the other has for itself.</summary>
internal sealed class MongoTimerStorage : ITimerStorage
{
    private readonly TimeProvider time;
    private readonly MongoDatabase database = MongoDatabase.Take();
    private MongoConnection? reconnected;
    private MongoTimerStore store;

    public MongoTimerStorage(TimeProvider time)
    {
        this.time = time;
        store = new MongoTimerStore(database.Connection, MongoDatabase.Options, time);
    }

    public ITimerStore Timers => store;

    public IDueTimers Due => store;

    public string Uri => database.Uri;

    public void Reopen()
    {
        Close();
        reconnected = new MongoConnection(database.Uri, MongoDatabase.Options, TimeProvider.System);
        store = new MongoTimerStore(reconnected, MongoDatabase.Options, time);
    }

    public void Dispose()
    {
        Close();
        database.Dispose();
    }

    private void Close()
    {
        store.Dispose();
        reconnected?.Dispose();
    }
}
