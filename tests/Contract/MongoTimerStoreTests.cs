using Contracts.Timers;
using Infrastructure.Storage.Mongo.Driver;
using Infrastructure.Storage.Mongo.Timers;
using Tests.Support;

namespace Tests.Contract;

public sealed class MongoTimerStoreTests : TimerStoreContract
{
    protected override ITimerStorage CreateStorage(TimeProvider time) => new MongoTimerStorage(time);
}

public sealed class MongoDueTimersTests : DueTimersContract
{
    protected override ITimerStorage CreateStorage(TimeProvider time) => new MongoTimerStorage(time);
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
