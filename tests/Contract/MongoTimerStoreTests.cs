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
    private readonly MongoDatabase database;
    private MongoConnection connection;
    private MongoTimerStore store;

    public MongoTimerStorage(TimeProvider time)
    {
        this.time = time;
        database = MongoDatabase.Take();
        (connection, store) = Open();
    }

    public ITimerStore Timers => store;

    public IDueTimers Due => store;

    public void Reopen()
    {
        Close();
        (connection, store) = Open();
    }

    public void Dispose()
    {
        Close();
        database.Dispose();
    }

    private (MongoConnection Connection, MongoTimerStore Store) Open()
    {
        var opened = new MongoConnection(database.Uri, MongoDatabase.Options, TimeProvider.System);
        return (opened, new MongoTimerStore(opened, MongoDatabase.Options, time));
    }

    private void Close()
    {
        store.Dispose();
        connection.Dispose();
    }
}
