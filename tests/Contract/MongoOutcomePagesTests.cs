using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Mongo;
using MongoDB.Bson;
using Tests.Support;

namespace Tests.Contract;

/// <summary>Pages of outcomes in MongoDB: what a Runner that was killed had kept there is never sent again.</summary>
[Parallelizable]
public sealed class MongoOutcomePagesTests
{
    private readonly Guid runner = Guid.NewGuid();
    private MongoDatabase database = null!;
    private MongoTimerStore store = null!;
    private MongoRunnerLeases leases = null!;
    private MongoOutcomePages pages = null!;

    private static DateTimeOffset Noon => Clocks.Noon;

    [SetUp]
    public void Open()
    {
        database = MongoDatabase.Take();
        store = new MongoTimerStore(database.Connection, MongoDatabase.Options, Clocks.AtNoon());
        leases = new MongoRunnerLeases(database.Connection);
        pages = new MongoOutcomePages(database.Connection);
    }

    [TearDown]
    public void Close()
    {
        store?.Dispose();
        database?.Dispose();
    }

    [Test]
    public async Task ReclaimAsync_writes_what_a_dead_Runner_kept_and_offers_only_the_rest_again()
    {
        var claims = await ArmAsync(120);
        foreach (var page in claims.Take(90).Chunk(4))
        {
            await pages.AddAsync(runner, [.. page.Select(claim => claim.Succeeded())], default);
        }

        await pages.AddAsync(runner, [claims[90].Retried(Noon.AddMinutes(3))], default);

        Assert.That(await store.ReclaimAsync(Noon, default), Is.EqualTo(29));

        var rows = await FindAsync(claims);
        Assert.That(rows.Count(row => row is { State: TimerState.Succeeded, Attempts: 1, Claim: null }), Is.EqualTo(90));
        Assert.That(rows.Single(row => row.Key == claims[90].Key).NextAt, Is.EqualTo(Noon.AddMinutes(3)));
        Assert.That(await store.FindAttemptsAsync(claims[0].Key, default), Has.Count.EqualTo(1));
        Assert.That(CountPages(), Is.Zero);
        Assert.That(await ClaimAsync(Guid.NewGuid()), Has.Count.EqualTo(29));
    }

    [Test]
    public async Task ReclaimAsync_leaves_the_pages_of_a_live_Runner_alone()
    {
        await leases.AddAsync(new RunnerLeaseRow(runner, Noon.AddSeconds(5), [0]), default);
        var claims = await ArmAsync(1);
        await pages.AddAsync(runner, [claims[0].Succeeded()], default);

        await store.ReclaimAsync(Noon, default);

        Assert.That(CountPages(), Is.EqualTo(1));
        Assert.That((await store.FindAsync([claims[0].Key], default)).Single().State, Is.EqualTo(TimerState.Armed));
    }

    [Test]
    public async Task ReclaimAsync_takes_the_pages_of_a_dead_Runner_that_holds_no_claim_any_longer()
    {
        var claims = await ArmAsync(2);
        var outcomes = claims.Select(claim => claim.Retried(Noon)).ToList();
        await pages.AddAsync(runner, outcomes, default);
        await store.RecordAsync(outcomes, default);
        var next = Guid.NewGuid();
        await leases.AddAsync(new RunnerLeaseRow(next, Noon.AddSeconds(5), [0]), default);
        await ClaimAsync(next);
        var before = await FindAsync(claims);

        var tenants = new HashSet<string>();
        Assert.That(await store.ReclaimAsync(Noon, tenants, default), Is.Zero);
        Assert.That(tenants, Is.Not.Empty, "whose timers the pages have changed");

        Assert.That(CountPages(), Is.Zero);
        Assert.That(await FindAsync(claims), Is.EquivalentTo(before), "the next claim is untouched");
    }

    [Test]
    public async Task RemoveAsync_removes_the_pages_that_are_named()
    {
        var claims = await ArmAsync(3);
        var numbers = new List<long>();
        foreach (var claim in claims)
        {
            numbers.Add(await pages.AddAsync(runner, [claim.Succeeded()], default));
        }

        await pages.RemoveAsync(runner, [numbers[0], numbers[2]], default);
        await store.ReclaimAsync(Noon, default);

        var states = (await FindAsync(claims)).ToDictionary(row => row.Key, row => row.State);
        Assert.That(
            claims.Select(claim => states[claim.Key]),
            Is.EqualTo([TimerState.Scheduled, TimerState.Succeeded, TimerState.Scheduled]));
    }

    [TestCase(1, 2, 3)]
    [TestCase(255, 255, 255, 127, 1, 2, 3)]
    [TestCase(255, 255, 255, 255, 1, 2, 3)]
    [TestCase(6, 0, 0, 0, 255, 255, 255, 255, 255, 255)]
    [TestCase(20, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255)]
    public async Task A_page_that_cannot_be_read_is_told_and_holds_up_no_other(params int[] bytes)
    {
        var claims = await ArmAsync(2);
        await pages.AddAsync(runner, [claims[0].Succeeded()], default);
        database.Run(async rows =>
        {
            await rows.Collection(MongoTimerSchema.Outcomes).UpdateManyAsync(
                new BsonDocument(), new BsonDocument("$set", new BsonDocument("outcomes", bytes.Select(each => (byte)each).ToArray())));
            return true;
        });
        await pages.AddAsync(runner, [claims[1].Succeeded()], default);

        Assert.That(await store.ReclaimAsync(Noon, default), Is.EqualTo(1));

        var states = (await FindAsync(claims)).ToDictionary(row => row.Key, row => row.State);
        Assert.That(claims.Select(claim => states[claim.Key]), Is.EqualTo([TimerState.Scheduled, TimerState.Succeeded]));
        Assert.That(database.Connection.Damage.Summary, Does.Contain(runner.ToString()));
    }

    private long CountPages()
    {
        var count = 0L;
        database.Run(async rows =>
        {
            count = (await rows.FindAsync(MongoTimerSchema.Outcomes, [], new MongoFind())).Count;
            return true;
        });
        return count;
    }

    private Task<IReadOnlyList<TimerRecord>> FindAsync(IEnumerable<ClaimedTimer> claims) =>
        store.FindAsync([.. claims.Select(claim => claim.Key)], default);

    private Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(Guid name) =>
        store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, Noon, 1_000, long.MaxValue) { Runner = name }, default);

    private async Task<IReadOnlyList<ClaimedTimer>> ArmAsync(int count)
    {
        await store.AddAsync([.. Enumerable.Range(0, count).Select(_ => ATimer.New().Build())], default);
        return await ClaimAsync(runner);
    }
}
