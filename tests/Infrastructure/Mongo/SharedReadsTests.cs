using Contracts.Common;
using Contracts.Storage;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Mongo;
using MongoDB.Bson;
using Tests.Support;

namespace Tests.Infrastructure.Mongo;

/// <summary>Reads that are asked for at the same time, over one connection, so that they have to go together.</summary>
[Parallelizable]
public sealed class SharedReadsTests
{
    private MongoDatabase database = null!;
    private MongoTimerStore store = null!;
    private SharedReads reads = null!;

    [SetUp]
    public void Open()
    {
        database = MongoDatabase.Take();
        store = new MongoTimerStore(database.Connection, MongoDatabase.Options, TimeProvider.System);
        reads = new SharedReads(database.Connection, commands: 1);
    }

    [TearDown]
    public void Close()
    {
        store?.Dispose();
        database?.Dispose();
    }

    [Test]
    public async Task Each_gets_what_it_asked_for_and_nothing_else()
    {
        var timers = Enumerable.Range(0, 300).Select(_ => ATimer.New().Build()).ToList();
        await store.AddAsync(timers, default);
        var asked = timers.Select((timer, at) => at % 3 == 0 ? new[] { timer.TimerId, Guid.NewGuid(), timers[0].TimerId } : [timer.TimerId])
            .ToList();

        var found = await Task.WhenAll(asked.Select(keys => reads.FindAsync(Tenant.Default, keys, default)));

        var known = timers.Select(timer => timer.TimerId).ToHashSet();
        Assert.That(
            found.Select(rows => string.Join(' ', rows.Select(row => row.Key).Order())),
            Is.EqualTo(asked.Select(keys => string.Join(' ', keys.Where(known.Contains).Distinct().Order()))));
    }

    [Test]
    public async Task A_row_that_cannot_be_read_fails_only_who_asked_for_it()
    {
        var timers = Enumerable.Range(0, 20).Select(_ => ATimer.New().Build()).ToList();
        await store.AddAsync(timers, default);
        var broken = Guid.CreateVersion7();
        database.Run(async rows =>
        {
            await rows.Collection(MongoTimerSchema.Timers).InsertOneAsync(
                new BsonDocument { { "_id", MongoBson.Uuid(broken) }, { "state", 99 } });
            return true;
        });

        var failing = reads.FindAsync(Tenant.Default, [broken], default);
        var others = timers.Select(timer => reads.FindAsync(Tenant.Default, [timer.TimerId], default))
            .Append(reads.FindAsync(Tenant.Default, [broken], default)).ToList();

        Assert.That(async () => await failing, Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("damaged"));
        Assert.That(async () => await others[^1], Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("damaged"));
        Assert.That((await Task.WhenAll(others[..^1])).Select(rows => rows.Count), Is.All.EqualTo(1));
    }

    [Test]
    public async Task Those_who_wait_while_the_database_is_gone_are_told_with_the_first()
    {
        using var connection = new MongoConnection(
            "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300", new MongoOptions { Connections = 1 }, TimeProvider.System);
        var alone = new SharedReads(connection, commands: 1);

        var told = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            try
            {
                await alone.FindAsync(Tenant.Default, [Guid.NewGuid()], default);
                return null;
            }
            catch (StoreUnavailableException unavailable)
            {
                return unavailable;
            }
        })).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(told.Select(one => one?.Outcome), Is.All.EqualTo(WriteOutcome.Refused));
        Assert.That(told.Distinct().Count(), Is.LessThanOrEqualTo(2), "one search for the first, and none or one for all others");
    }

    [Test]
    public void Who_gives_up_does_not_wait()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.That(() => reads.FindAsync(Tenant.Default, [Guid.NewGuid()], stop.Token), Throws.InstanceOf<OperationCanceledException>());
    }
}
