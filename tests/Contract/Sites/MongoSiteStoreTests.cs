using Contracts.Common;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Sites.Mongo;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;
using Tests.Support;

namespace Tests.Contract.Sites;

[Parallelizable]
public sealed class MongoSiteStoreTests : SiteStoreContract
{
    protected override ISiteStorage CreateStorage() => new MongoSiteStorage();

    [Test]
    public async Task Events_that_were_inserted_before_a_crash_are_counted_when_their_message_comes_again()
    {
        var model = new SiteModel();
        SiteEvent[] events = [View(Start, "/a", "u"), View(Start + Day, "/b", "v")];
        var whole = await AddAsync(events);
        var storage = (MongoSiteStorage)Storage;
        storage.Run(rows => rows.DeleteAsync(MongoSiteSchema.Sums, []));
        storage.Run(rows => rows.DeleteAsync(MongoSiteSchema.Visitors, []));

        await Store.AddAsync([whole], default);

        Array.ForEach(events, model.Add);
        await AssertIsAsync(model);
    }

    [Test]
    public async Task A_batch_of_which_another_consumer_has_counted_a_part_adds_the_rest()
    {
        var model = new SiteModel();
        var (first, second) = (Next(Events(View(Start, "/a", "u"))), Next(Events(View(Start, "/a", "v"))));
        await Store.AddAsync([first], default);

        await Store.AddAsync([first, second], default);

        Array.ForEach([first.Message.Events[0], second.Message.Events[0]], model.Add);
        await AssertIsAsync(model);
    }

    [Test]
    public async Task A_message_that_was_overtaken_by_a_later_one_counts_all_the_same()
    {
        var model = new SiteModel();
        var (first, second) = (Next(Events(View(Start, "/a", "u"))), Next(Events(View(Start, "/a", "v"))));
        await Store.AddAsync([second], default);

        await Store.AddAsync([first], default);

        Array.ForEach([first.Message.Events[0], second.Message.Events[0]], model.Add);
        await AssertIsAsync(model);
    }

    [Test]
    public async Task Two_consumers_of_one_partition_count_each_event_once()
    {
        var model = new SiteModel();
        var log = Enumerable.Range(0, 40).Select(i => Next(Events(View(Start + (i % 9 * Hour), $"/{i % 3}", $"u{i % 5}")))).ToList();

        await Task.WhenAll(Enumerable.Range(1, 4).Select(async size =>
        {
            foreach (var batch in log.Chunk(size * 3))
            {
                await Store.AddAsync(batch, default);
            }
        }));

        log.ForEach(each => model.Add(each.Message.Events[0]));
        await AssertIsAsync(model);
    }
}

[Parallelizable]
public sealed class MongoSiteUpkeepTests : SiteUpkeepContract
{
    /// <summary>
    /// Half a million rows would take this server two minutes, and do the same as some thousands; those of SQLite are that many.
    /// </summary>
    private const int MaxExact = 3_000;

    protected override ISiteStorage CreateStorage() => new MongoSiteStorage(MaxExact);
}

[Parallelizable]
public sealed class MongoSiteStorePropertyTests : SiteStoreProperties
{
    protected override ISiteStorage CreateStorage() => new MongoSiteStorage();
}

/// <summary>MongoDB, in a database that one test after the other has for itself.</summary>
internal sealed class MongoSiteStorage : ISiteStorage
{
    private readonly MongoDatabase database = MongoDatabase.Take();
    private MongoConnection? reconnected;
    private MongoSiteStore store;

    /// <param name="maxExact">How many visitors of a day are counted exactly.</param>
    public MongoSiteStorage(int maxExact = UniqueCounter.MaxExact) =>
        (MaxExact, store) = (maxExact, new MongoSiteStore(database.Connection, maxExact));

    public int MaxExact { get; }

    public ISiteStore Store => store;

    public IVisitorSalts Salts => store;

    public void Run<T>(Func<MongoRows, Task<T>> work) => database.Run(work);

    public void Reopen()
    {
        reconnected?.Dispose();
        reconnected = new MongoConnection(database.Uri, MongoDatabase.Options, TimeProvider.System);
        store = new MongoSiteStore(reconnected, MaxExact);
    }

    public void Spoil(string site) => database.Run(async rows =>
    {
        var key = MongoSiteKeys.Site("default", site);
        var sums = await rows.FindAsync(MongoSiteSchema.Sums, []);
        return await rows.UpdateAsync(MongoSiteSchema.Sums, [.. sums
            .Where(sum => sum["_id"].AsBsonBinaryData.Bytes.AsSpan(0, MongoSiteKeys.SiteBytes).SequenceEqual(key))
            .Select(sum => new UpdateOneModel<BsonDocument>(
                new BsonDocument("_id", sum["_id"]),
                new BsonDocument("$inc", new BsonDocument(
                    sum.Names.Where(field => field is not ("_id" or "o" or "name")).Select(field => new BsonElement(field, 3L))))))]);
    });

    public void SpoilVisitors(string site, long missing, long added, long day) => database.Run(async rows =>
    {
        var bucket = new VisitorBucket(SiteSpan.Day, VisitorKind.User, day);
        var key = MongoSiteKeys.Site("default", site);
        await rows.DeleteAsync(MongoSiteSchema.Visitors, new BsonDocument("_id", MongoSiteKeys.Visitor(key, bucket, missing)));
        return await rows.InsertAsync(MongoSiteSchema.Visitors, [new MongoVisitorRow(MongoSiteKeys.Visitor(key, bucket, added))]);
    });

    public void Sketch(string site, long day, IReadOnlyList<long> visitors) => database.Run(async rows =>
    {
        var (key, bucket) = (MongoSiteKeys.Site("default", site), new VisitorBucket(SiteSpan.Day, VisitorKind.User, day));
        await rows.DeleteAsync(
            MongoSiteSchema.Visitors, MongoSiteKeys.BucketsBetween(key, SiteSpan.Day, VisitorKind.User, day, day + 1, areSketches: false));
        var registers = new BsonBinaryData(DayDifference.SketchOf(visitors).Bytes.ToArray());
        await rows.Collection(MongoSiteSchema.Sketches).InsertOneAsync(
            new BsonDocument { { "_id", MongoSiteKeys.Sketch(key, bucket) }, { "v", 1 }, { "r", registers } });
        return true;
    });

    public (long Listed, long Sketches) CountVisitors()
    {
        var counts = (0L, 0L);
        database.Run(async rows =>
        {
            counts = (await rows.CountAsync(MongoSiteSchema.Visitors, [], int.MaxValue),
                await rows.CountAsync(MongoSiteSchema.Sketches, [], 100));
            return true;
        });
        return counts;
    }

    public void Dispose()
    {
        reconnected?.Dispose();
        database.Dispose();
    }
}
