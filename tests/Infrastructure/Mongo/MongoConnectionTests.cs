using Infrastructure.Storage.Mongo;
using Infrastructure.Storage.Mongo.Driver;
using Infrastructure.Storage.Mongo.Timers;
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
}
