using Contracts.Common;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;
using Tests.Support;

namespace Tests.Infrastructure.Mongo;

/// <summary>
/// Documents and indexes as releases without tenants wrote them (0.1.0): the documents are the default tenant's, the indexes make room.
/// </summary>
[Parallelizable]
public sealed class MongoTimersOfBeforeTests
{
    private const string OwnUuid = "0190163d-8694-739b-aea5-966c26f8ad91";

    private static readonly string[] Documents =
    [
        """
        { "_id": UUID("0190163d-8694-739b-aea5-966c26f8ad91"), "state": 2, "shard": 10, "nextAt": NumberLong("1906545600000"),
          "dueAt": NumberLong("1906545600000"), "createdAt": NumberLong("19065420000000000"), "version": NumberLong(1),
          "occurrence": 1, "attempts": 0,
          "attemptsBeforeReplay": 0, "pending": 0, "mayStillArrive": false, "fingerprint": NumberLong(77), "park": false, "size": 50,
          "spec": BinData(0,
            "eyJ1cmwiOiJodHRwOi8vMTI3LjAuMC4xOjkvaG9vayIsIm1ldGhvZCI6IlBPU1QiLCJ0YWdzIjpbIm9sZCJdfQ=="),
          "tags": ["old"] }
        """,
        """
        { "_id": UUID("1206be2f-0de0-8108-b4b2-39e30cad3316"), "state": 8, "shard": 3, "nextAt": NumberLong("1906545660000"),
          "dueAt": NumberLong("1906545600000"), "createdAt": NumberLong("19065420000000001"), "version": NumberLong(4),
          "occurrence": 1, "attempts": 1,
          "attemptsBeforeReplay": 0, "pending": 0, "mayStillArrive": false, "fingerprint": NumberLong(78), "park": false, "size": 70,
          "spec": BinData(0,
            "eyJ1cmwiOiJodHRwOi8vMTI3LjAuMC4xOjkvaG9vayIsIm1ldGhvZCI6IlBPU1QiLCJ0YWdzIjpbIm9sZCJdLCJvd25JZCI6Im9yZGVyLzE3In0="),
          "tags": ["old"] }
        """,
    ];

    private const string Attempt = """
        { "_id": { "timer": UUID("1206be2f-0de0-8108-b4b2-39e30cad3316"), "occurrence": 1, "number": 1, "claim": NumberLong(7) },
          "startedAt": NumberLong("1906545600000000"), "latency": NumberLong(1500), "lateness": NumberLong(20), "status": 500,
          "error": "answered 500", "response": BinData(0, "Ym9keQ=="), "state": 8, "nextAt": NumberLong("1906545660000") }
        """;

    private static readonly (string Name, string Key, string? Only)[] Indexes =
    [
        ("due", """{ "state": 1, "shard": 1, "nextAt": 1 }""", null),
        ("listed", """{ "createdAt": -1, "_id": -1 }""", null),
        ("listedByState", """{ "state": 1, "createdAt": -1, "_id": -1 }""", """{ "state": { "$gte": 6, "$lte": 9 } }"""),
        ("listedByTag", """{ "tags": 1, "createdAt": -1, "_id": -1 }""", """{ "tags": { "$exists": true } }"""),
    ];

    private MongoDatabase database = null!;
    private MongoTimerStore store = null!;

    [SetUp]
    public async Task Open()
    {
        database = MongoDatabase.Take();
        store = new MongoTimerStore(database.Connection, MongoDatabase.Options, Clocks.AtNoon());
        await RunAsync(async rows =>
        {
            foreach (var (name, key, only) in Indexes)
            {
                var options = new CreateIndexOptions<BsonDocument>
                {
                    Name = name,
                    PartialFilterExpression = only is null ? null : BsonDocument.Parse(only),
                };
                await rows.Collection("timers").Indexes.CreateOneAsync(
                    new CreateIndexModel<BsonDocument>(BsonDocument.Parse(key), options));
            }

            await rows.Collection("timers").InsertManyAsync(Documents.Select(document => BsonDocument.Parse(document)));
            await rows.Collection("attempts").InsertOneAsync(BsonDocument.Parse(Attempt));
            return true;
        });
    }

    [TearDown]
    public void Close()
    {
        store.Dispose();
        database.Dispose();
    }

    [Test]
    public async Task Their_indexes_go_once_those_of_now_are_there()
    {
        await UpgradeAsync();
        await UpgradeAsync();

        var names = await RunAsync(async rows => await (await rows.Collection("timers").Indexes.ListAsync()).ToListAsync());
        Assert.That(
            names.Select(index => index["name"].AsString),
            Is.EquivalentTo(
            [
                "_id_", "dueOfAll", "claimed", "expiring", "tenantListed", "tenantListedByState", "tenantListedByTag",
                "tenantListedExpired",
            ]));
    }

    [Test]
    public async Task Timers_are_found_listed_and_counted_as_the_default_tenants()
    {
        await UpgradeAsync();

        foreach (var id in new[] { OwnUuid, "order/17" })
        {
            var row = (await store.FindAsync(Tenant.Default, [TimerKey.FromId(Tenant.Default, id)], default)).Single();
            Assert.That((row.Id, row.Tenant), Is.EqualTo((id, Tenant.Default)));
            Assert.That(await store.FindAsync("acme", [row.Key], default), Is.Empty);
        }

        Assert.That(await ListAsync(new TimerQuery()), Is.EqualTo(["order/17", OwnUuid]));
        Assert.That(await ListAsync(new TimerQuery { Tags = ["old"] }), Is.EqualTo(["order/17", OwnUuid]));
        Assert.That(await ListAsync(new TimerQuery { State = TimerState.Failed }), Is.EqualTo(["order/17"]));
        Assert.That(await ListAsync(new TimerQuery { Tenant = "acme" }), Is.Empty);
        Assert.That(
            (await store.CountAsync(default)).ByState,
            Is.EquivalentTo(new Dictionary<TimerState, long> { [TimerState.Scheduled] = 1, [TimerState.Failed] = 1 }));
        Assert.That(
            (await store.FindLastAttemptAsync(TimerKey.FromId(Tenant.Default, "order/17"), default))!.Error,
            Is.EqualTo("answered 500"));
    }

    [Test]
    public async Task Life_goes_on_with_a_second_tenant_beside_it()
    {
        await UpgradeAsync();
        await store.AddAsync(
            [
                new(ATimer.New().OwnedBy("acme", OwnUuid).WithTags("old").Build(), LogPosition.None) { Tenant = "acme" },
                new(ATimer.New().WithId(Guid.Parse(OwnUuid)).WithFingerprint(1).Build(), LogPosition.None),
            ],
            default);

        var claimed = await store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, Clocks.Noon, 10, long.MaxValue), default);
        Assert.That(claimed.Select(timer => (timer.Tenant, timer.Id)), Is.EquivalentTo([(Tenant.Default, OwnUuid), ("acme", OwnUuid)]));
        await store.RecordAsync([.. claimed.Select(timer => timer.Succeeded())], default);

        Assert.That((await store.CountAsync(default)).ByState[TimerState.Succeeded], Is.EqualTo(1));
        Assert.That((await store.CountAsync("acme", default)).ByState[TimerState.Succeeded], Is.EqualTo(1));
        Assert.That(await ListAsync(new TimerQuery { Tags = ["old"] }), Is.EqualTo(["order/17", OwnUuid]));
    }

    /// <summary>A default tenant's documents lack the field: the index serves them all the same, in the order of the listing.</summary>
    [TestCase("""{ "tenant": null }""", "tenantListed")]
    [TestCase("""{ "tenant": "acme" }""", "tenantListed")]
    [TestCase("""{ "tenant": null, "state": 8 }""", "tenantListedByState")]
    [TestCase("""{ "tenant": null, "tags": "old" }""", "tenantListedByTag")]
    public async Task Listings_are_read_from_the_tenants_index(string filter, string index)
    {
        await UpgradeAsync();

        var plan = await RunAsync(rows => rows.Database.RunCommandAsync<BsonDocument>(new BsonDocument("explain", new BsonDocument
        {
            { "find", "timers" },
            { "filter", BsonDocument.Parse(filter) },
            { "sort", new BsonDocument { { "createdAt", -1 }, { "_id", -1 } } },
            { "limit", 10 },
        })));

        Assert.That(plan["queryPlanner"]["winningPlan"].ToJson(), Does.Contain($"\"{index}\"").And.Not.Contain("COLLSCAN"));
    }

    private Task UpgradeAsync() => RunAsync(async rows =>
        await MongoTimerSchema.CreateIndexesAsync(rows) && await MongoTimerSchema.DropFormerIndexesAsync(rows));

    private Task<T> RunAsync<T>(Func<MongoRows, Task<T>> work) => database.Connection.RunAsync(MongoLane.Clients, work, default);

    private async Task<List<string>> ListAsync(TimerQuery query) =>
        [.. (await store.ListAsync(query, default)).Items.Select(row => row.Id)];
}
