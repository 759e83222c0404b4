using Contracts.Schedules;
using Infrastructure.Schedules.Mongo;
using Infrastructure.Schedules.Sqlite;
using Infrastructure.Storage.Mongo;
using Infrastructure.Storage.Sqlite;
using MongoDB.Bson;
using MongoDB.Driver;
using Tests.Support;

namespace Tests.Contract.Schedules;

public sealed class SqliteCalendarStoreTests : CalendarStoreContract
{
    private SqliteFile file = null!;

    protected override string? Damage => file.Damage.Summary;

    protected override Task OverwriteAsync(string name, byte[] content) => file.Writer.RunAsync(
        WritePriority.Control,
        1,
        connection => connection.Statement("UPDATE calendars SET content = ?1 WHERE name = ?2").Bind(1, content).Bind(2, name).Run(),
        default);

    protected override ICalendarStore CreateStore()
    {
        file = new SqliteFile(":memory:", ScheduleSchema.Apply);
        return new SqliteCalendarStore(file);
    }

    [TearDown]
    public void Close() => file.Dispose();
}

[Parallelizable]
public sealed class MongoCalendarStoreTests : CalendarStoreContract
{
    private MongoDatabase database = null!;
    private MongoConnection? own;

    protected override string? Damage => own!.Damage.Summary;

    protected override Task OverwriteAsync(string name, byte[] content)
    {
        // With its own report of damage, for the database's has what other tests have damaged.
        own = new MongoConnection(database.Uri, MongoDatabase.Options, TimeProvider.System);
        Store = new MongoCalendarStore(own);
        return Task.FromResult(database.Run(rows => rows.UpdateAsync(
            MongoCalendarStore.Calendars,
            new UpdateOneModel<BsonDocument>(
                new BsonDocument("name", name), new BsonDocument("$set", new BsonDocument("content", content))))));
    }

    protected override ICalendarStore CreateStore()
    {
        database = MongoDatabase.Take();
        return new MongoCalendarStore(database.Connection);
    }

    [TearDown]
    public void Close()
    {
        own?.Dispose();
        own = null;
        database.Dispose();
    }
}
