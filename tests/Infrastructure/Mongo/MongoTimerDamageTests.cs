using Contracts.Common;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Mongo;
using MongoDB.Bson;
using Tests.Support;

namespace Tests.Infrastructure.Mongo;

/// <summary>One document that cannot be read holds up no other, and is told.</summary>
[Parallelizable]
public sealed class MongoTimerDamageTests
{
    private static readonly string[] Damages =
    [
        "{dueAt: 'soon'}", "{dueAt: NumberLong('9000000000000000000')}", "{createdAt: null}", "{version: []}", "{spec: 'text'}",
    ];

    private MongoDatabase database = null!;
    private MongoConnection connection = null!;
    private MongoTimerStore store = null!;

    private static ClaimRequest Due => new(DateTimeOffset.MinValue, Clocks.Noon, 100, long.MaxValue) { Runner = Guid.NewGuid() };

    [SetUp]
    public void Open()
    {
        database = MongoDatabase.Take();
        connection = new MongoConnection(database.Uri, MongoDatabase.Options, TimeProvider.System);
        store = new MongoTimerStore(connection, MongoDatabase.Options, TimeProvider.System);
    }

    [TearDown]
    public void Close()
    {
        store?.Dispose();
        connection?.Dispose();
        database?.Dispose();
    }

    [TestCaseSource(nameof(Damages))]
    public async Task A_damaged_document_is_left_out_of_lists_and_of_claims(string damage)
    {
        var timers = await AddAsync(3);
        Damage(timers[1], damage);

        var listed = await store.ListAsync(new TimerQuery(), default);
        var claimed = await store.ClaimAsync(Due, default);
        var again = await store.ClaimAsync(Due, default);
        var counts = await store.CountAsync(Tenant.Default, default);

        Guid[] whole = [timers[0], timers[2]];
        Assert.That(listed.Items.Select(timer => timer.Key), Is.EquivalentTo(whole));
        Assert.That(claimed.Select(timer => timer.Key), Is.EquivalentTo(whole));
        Assert.That(again, Is.Empty);
        Assert.That(counts.ByState[TimerState.Armed], Is.EqualTo(2));
        Assert.That(connection.Damage.Summary, Does.Contain(timers[1].ToString()));
    }

    [Test]
    public async Task A_damaged_document_does_not_keep_the_claims_of_a_dead_runner()
    {
        var timers = await AddAsync(3);
        await store.ClaimAsync(Due, default);
        Damage(timers[1], Damages[0]);

        Assert.That(await store.ReclaimAsync(Clocks.Noon, default), Is.EqualTo(2));
        Assert.That(await store.ClaimAsync(Due, default), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Who_asks_for_a_damaged_document_is_told_so()
    {
        var timers = await AddAsync(2);
        Damage(timers[1], Damages[0]);

        Assert.That(
            () => store.FindAsync([timers[1]], default), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("damaged"));
        Assert.That(await store.FindAsync(timers, default), Has.Count.EqualTo(1));
    }

    private async Task<Guid[]> AddAsync(int count)
    {
        TimerScheduled[] timers = [.. Enumerable.Range(0, count).Select(_ => ATimer.New().DueAt(Clocks.Noon).Build())];
        await store.AddAsync(timers, default);
        return [.. timers.Select(timer => timer.TimerId)];
    }

    private void Damage(Guid key, string damage) => database.Run(async rows =>
    {
        await rows.Collection(MongoTimerSchema.Timers).UpdateOneAsync(
            new BsonDocument("_id", MongoBson.Uuid(key)), new BsonDocument("$set", BsonDocument.Parse(damage)));
        return true;
    });
}
