using System.Collections.Concurrent;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;
using Tests.Support;

namespace Tests.Infrastructure.Mongo;

/// <summary>What has no bound is done in commands that have one.</summary>
[Parallelizable]
public sealed class MongoRowsTests
{
    private const string Rows = "rows";
    private const int Count = (2 * MongoRows.MaxPart) + 1;

    private readonly ConcurrentQueue<int> sizes = new();
    private IMongoClient client = null!;
    private MongoRows rows = null!;

    [SetUp]
    public async Task FillAsync()
    {
        sizes.Clear();
        var settings = MongoClientSettings.FromConnectionString(Engine.Address("mongo"));
        settings.ClusterConfigurator = builder => builder.Subscribe<CommandSucceededEvent>(done =>
        {
            if (done.CommandName is "delete" or "update")
            {
                sizes.Enqueue(done.Reply["n"].AsInt32);
            }
        });
        client = new MongoClient(settings);
        var database = client.GetDatabase($"rows_{Environment.ProcessId}");
        rows = new MongoRows(database, TimeSpan.FromSeconds(60));
        await rows.Collection(Rows).InsertManyAsync(
            Enumerable.Range(0, Count + 10).Select(id => new BsonDocument { { "_id", id }, { "of", id < Count ? "one" : "other" } }));
    }

    [TearDown]
    public async Task DropAsync()
    {
        await client.DropDatabaseAsync(rows.Database.DatabaseNamespace.DatabaseName);
        client.Dispose();
    }

    [Test]
    public async Task All_rows_are_deleted_some_at_a_time_and_no_others()
    {
        await rows.DeleteAllAsync(Rows, new BsonDocument("of", "one"));

        Assert.That(sizes, Is.EqualTo((int[])[MongoRows.MaxPart, MongoRows.MaxPart, 1]));
        Assert.That((await rows.FindAsync(Rows, [])).Select(row => row["of"].AsString), Is.EqualTo(Enumerable.Repeat("other", 10)));
    }

    [Test]
    public async Task All_rows_are_changed_some_at_a_time_and_no_others()
    {
        await rows.UpdateAllAsync(Rows, new BsonDocument("of", "one"), new BsonDocument("$set", new BsonDocument("of", "none")));

        Assert.That(sizes, Is.EqualTo((int[])[MongoRows.MaxPart, MongoRows.MaxPart, 1]));
        var found = await rows.FindAsync(Rows, []);
        Assert.That(
            found.GroupBy(row => row["of"].AsString).ToDictionary(group => group.Key, group => group.Count()),
            Is.EquivalentTo(new Dictionary<string, int> { ["none"] = Count, ["other"] = 10 }));
    }
}
