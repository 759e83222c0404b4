using Contracts.Storage;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Mongo;
using MongoDB.Bson;
using Tests.Support;

namespace Tests.Infrastructure.Mongo;

public sealed class MongoConnectionTests
{
    [Test]
    public async Task Whatever_the_address_prefers_the_primary_is_read()
    {
        // A secondary lags behind: it would not know of a timer that was just acknowledged, nor of a claim that was just made.
        var address = $"{MongoDatabase.In(Engine.Address("mongo"), $"timers_{Environment.ProcessId}_prefer")}&readPreference=secondary";
        using var connection = new MongoConnection(address, MongoDatabase.Options, TimeProvider.System);
        using var store = new MongoTimerStore(connection, MongoDatabase.Options, TimeProvider.System);
        var timer = ATimer.New().Build();
        await store.AddAsync([timer], default);

        Assert.That(await store.FindAsync([timer.TimerId], default), Has.Count.EqualTo(1));
        Assert.That((await new MongoStoreTime(connection).SampleAsync(default)).Source, Is.Not.Empty);
    }

    [Test]
    public async Task While_the_database_is_gone_those_who_wait_together_share_one_search()
    {
        var searches = 0;
        using var connection = new MongoConnection(
            "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300", new MongoOptions { Connections = 1 }, TimeProvider.System);

        var asked = Enumerable.Range(0, 30).Select(_ => connection.RunAsync(MongoLane.Runner, PollInterval, default)).ToList();

        await Task.WhenAll(asked).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.That(
            asked.Select(task => (task.Exception?.InnerException as StoreUnavailableException)?.Outcome),
            Is.All.EqualTo(WriteOutcome.Refused));
        Assert.That(searches, Is.EqualTo(1));
        Assert.That(() => connection.RunAsync(MongoLane.Runner, PollInterval, default), Throws.TypeOf<StoreUnavailableException>());
        Assert.That(searches, Is.EqualTo(2), "who comes later looks anew");

        async Task<bool> PollInterval(MongoRows rows)
        {
            Interlocked.Increment(ref searches);
            await rows.Database.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1));
            return true;
        }
    }
}
