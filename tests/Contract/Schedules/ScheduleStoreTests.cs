using Contracts.Schedules;
using Contracts.Timers;
using Infrastructure.Schedules.Mongo;
using Infrastructure.Schedules.Sqlite;
using Infrastructure.Storage.Mongo;
using Infrastructure.Storage.Sqlite;
using MongoDB.Bson;
using MongoDB.Driver;
using Tests.Support;

namespace Tests.Contract.Schedules;

public sealed class SqliteScheduleStoreTests : ScheduleStoreContract
{
    private TemporaryFolder folder = null!;
    private SqliteFile file = null!;

    protected override string? Damage => file.Damage.Summary;

    protected override Task OverwriteAsync(string name, byte[] progress) => file.Writer.RunAsync(
        WritePriority.Control,
        1,
        connection => connection.Statement("UPDATE schedules SET progress = ?1 WHERE name = ?2").Bind(1, progress).Bind(2, name).Run(),
        default);

    protected override IScheduleStore CreateStore()
    {
        folder = new TemporaryFolder();
        file = new SqliteFile(folder.File("schedules.db"), ScheduleSchema.Apply);
        return new SqliteScheduleStore(file);
    }

    [TearDown]
    public void Close()
    {
        file.Dispose();
        folder.Dispose();
    }

    [Test]
    public async Task What_was_written_is_there_after_a_restart()
    {
        var written = Schedule("a") with { WakeAt = Clocks.Noon };
        await Store.WriteAsync([new ScheduleWrite(null, written)], default);

        file.Dispose();
        file = new SqliteFile(folder.File("schedules.db"), ScheduleSchema.Apply);
        Store = new SqliteScheduleStore(file);

        Assert.That((await Store.FindAsync("default", "a", default))!.Stamp, Is.EqualTo(written.Stamp));
        Assert.That(await Store.FindDueAsync(null, Clocks.Noon, 9, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_file_from_before_calendars_is_completed_and_keeps_what_it_has()
    {
        var written = Schedule("a") with { WakeAt = Clocks.Noon };
        await Store.WriteAsync([new ScheduleWrite(null, written)], default);
        file.Dispose();
        using (var connection = new SqliteConnection(folder.File("schedules.db"), readOnly: false))
        {
            connection.Execute("DROP TABLE calendars; DROP TABLE calendar_uses; PRAGMA user_version = 1");
        }

        Assert.That(
            FolderCheck.Run(folder.Path, [ScheduleCheck.Instance]).SelectMany(each => each.Faults), Is.Empty, "the check knows it, too");
        file = new SqliteFile(folder.File("schedules.db"), ScheduleSchema.Apply);
        Store = new SqliteScheduleStore(file);
        Assert.That((await Store.FindAsync("default", "a", default))!.Stamp, Is.EqualTo(written.Stamp));
        Assert.That(await Store.CountNamingAsync("default", "x", default), Is.Zero);
    }
}

[Parallelizable]
public sealed class MongoScheduleStoreTests : ScheduleStoreContract
{
    private MongoDatabase database = null!;

    private MongoConnection? own;

    protected override string? Damage => own!.Damage.Summary;

    protected override Task OverwriteAsync(string name, byte[] progress)
    {
        // With its own report of damage, for the database's has what other tests have damaged.
        own = new MongoConnection(database.Uri, MongoDatabase.Options, TimeProvider.System);
        Store = new MongoScheduleStore(own);
        return Task.FromResult(database.Run(rows => rows.UpdateAsync(
            MongoScheduleStore.Schedules,
            new UpdateOneModel<BsonDocument>(
                new BsonDocument("name", name), new BsonDocument("$set", new BsonDocument("progress", progress))))));
    }

    protected override IScheduleStore CreateStore()
    {
        database = MongoDatabase.Take();
        return new MongoScheduleStore(database.Connection);
    }

    [TearDown]
    public void Close()
    {
        own?.Dispose();
        own = null;
        database.Dispose();
    }

    [Test]
    public async Task A_Runner_finds_what_is_due_in_its_own_shards_only()
    {
        var all = Enumerable.Range(0, 50).Select(i => Schedule($"s{i}") with { WakeAt = Clocks.Noon }).ToList();
        await Store.WriteAsync([.. all.Select(each => new ScheduleWrite(null, each))], default);

        var found = await Store.FindDueAsync([3, 7], Clocks.Noon, 100, default);

        Assert.That(found.Select(each => each.Name), Is.EquivalentTo(
            all.Select(each => each.Name).Where(name => Shard.Of(ScheduleKeys.Of("default", name)) is 3 or 7)));
        Assert.That(found, Is.Not.Empty);
    }
}
