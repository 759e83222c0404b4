using Contracts.Schedules;
using Contracts.Timers;
using Infrastructure.Schedules.Mongo;
using Infrastructure.Schedules.Sqlite;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Contract.Schedules;

public sealed class SqliteScheduleStoreTests : ScheduleStoreContract
{
    private TemporaryFolder folder = null!;
    private SqliteFile file = null!;

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
}

[Parallelizable]
public sealed class MongoScheduleStoreTests : ScheduleStoreContract
{
    private MongoDatabase database = null!;

    protected override IScheduleStore CreateStore()
    {
        database = MongoDatabase.Take();
        return new MongoScheduleStore(database.Connection);
    }

    [TearDown]
    public void Close() => database.Dispose();

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
