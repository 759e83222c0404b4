using System.Collections.Concurrent;
using System.Diagnostics;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Mongo;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;
using Tests.Support;

namespace Tests.Infrastructure.Mongo;

/// <summary>The store while its server is paused, killed and started again.</summary>
[Parallelizable]
public sealed class MongoTimerStoreFailureTests
{
    private static readonly MongoOptions Options =
        new() { Connections = 4, OperationTimeout = TimeSpan.FromSeconds(2), CountsAge = TimeSpan.Zero };
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private static readonly Guid Runner = Guid.NewGuid();

    private OwnEngine engine = null!;
    private MongoConnection connection = null!;
    private MongoTimerStore store = null!;

    private static ClaimRequest Everything => new(DateTimeOffset.MinValue, Clocks.Noon, 1_000, long.MaxValue) { Runner = Runner };

    [SetUp]
    public void Open()
    {
        engine = Engine.StartOwn("mongo");
        connection = new MongoConnection(engine.Uri, Options, TimeProvider.System);
        store = new MongoTimerStore(connection, Options, TimeProvider.System);
    }

    [TearDown]
    public void Close()
    {
        store?.Dispose();
        connection?.Dispose();
        engine?.Dispose();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_claim_without_an_answer_that_is_applied_late_is_given_back(bool callerGivesUp)
    {
        await AddAsync(20);
        var held = (await store.ClaimAsync(Everything with { Limit = 1 }, default)).Single();
        var found = await store.FindDueAsync(Everything, default);
        using var stop = new CancellationTokenSource();
        engine.Pause();
        var claim = store.ArmAsync(Everything, found, stop.Token);
        if (callerGivesUp)
        {
            await stop.CancelAsync();
        }

        Assert.That(async () =>
            await claim, callerGivesUp ? Throws.InstanceOf<OperationCanceledException>() : Throws.InstanceOf<StoreUnavailableException>());
        engine.Resume();

        // What the server makes of a command whose connection is gone is its own affair; here it is applied.
        await EventuallyAsync(async () => await ApplyAsync(found, held.Token.Value + 1) || await ArmedAsync() == 20, "armed for nobody");
        await EventuallyAsync(async () => !await store.MaintainAsync(Clocks.Noon, default) && await ArmedAsync() == 1, "given back");
        Assert.That((await store.FindAsync([held.Key], default)).Single().Claim, Is.EqualTo(held.Token), "It was claimed in good order.");
        var row = (await store.FindAsync([found[0].Key], default)).Single();
        Assert.That((row.State, row.NextAt, row.Claim, row.MayStillArrive),
            Is.EqualTo((TimerState.Scheduled, Clocks.Noon, (ClaimToken?)null, false)));
    }

    [Test]
    public async Task Claims_in_a_storm_of_pauses_leave_no_timer_behind_and_give_none_twice()
    {
        const int Timers = 2_000;
        await AddAsync(Timers);
        var claimed = new ConcurrentBag<Guid>();
        using var calm = new CancellationTokenSource();
        var claimers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!calm.IsCancellationRequested && claimed.Count < Timers / 2)
            {
                await TriedAsync(async () =>
                {
                    foreach (var timer in await store.ClaimAsync(Everything with { Limit = 10 }, default))
                    {
                        claimed.Add(timer.Key);
                    }
                });
            }
        })).ToList();
        for (var round = 1; round <= 3; round++)
        {
            var before = claimed.Count;
            await Eventually.That(() => claimed.Count > before || claimed.Count >= Timers / 2, MaxWait, "claims go on");
            engine.Pause();
            await Task.Delay(Options.OperationTimeout * 1.5);
            engine.Resume();
        }

        await calm.CancelAsync();
        await Task.WhenAll(claimers);

        await EventuallyAsync(
            async () =>
            {
                await store.MaintainAsync(Clocks.Noon, default);
                foreach (var timer in await store.ClaimAsync(Everything, default))
                {
                    claimed.Add(timer.Key);
                }

                return claimed.Count >= Timers;
            },
            "all claimed");
        Assert.That(claimed, Has.Count.EqualTo(Timers).And.Unique);
    }

    [Test]
    public async Task MaintainAsync_leaves_what_was_claimed_in_good_order()
    {
        await AddAsync(20);
        await store.ClaimAsync(Everything, default);

        await store.MaintainAsync(Clocks.Noon, default);

        Assert.That((await store.CountAsync(default)).ByState[TimerState.Armed], Is.EqualTo(20));
    }

    [Test]
    public async Task A_write_without_an_answer_may_have_happened()
    {
        await AddAsync(1);
        engine.Pause();

        var error = Assert.ThrowsAsync<StoreUnavailableException>(() => store.AddAsync([ATimer.New().Build()], default));

        Assert.That(error.Outcome, Is.EqualTo(WriteOutcome.Unknown));
        Assert.That(error.Message, Does.Not.Contain("127.0.0.1"));
    }

    [Test]
    public async Task A_write_to_a_server_that_is_not_there_is_refused_in_time_and_works_once_it_is_back()
    {
        await AddAsync(1);
        engine.Kill();
        await Eventually.That(() => IsRefusedAsync(() => store.AddAsync([ATimer.New().Build()], default)), MaxWait, "refused");
        var watch = Stopwatch.StartNew();

        var errors = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            try
            {
                await store.AddAsync([ATimer.New().Build()], default);
                return null;
            }
            catch (StoreUnavailableException error)
            {
                return error;
            }
        }));

        // Not fifty times the time-out of one: whoever waits too long for a connection is told so.
        Assert.That(watch.Elapsed, Is.LessThan(MaxWait));
        Assert.That(errors, Has.All.Matches<StoreUnavailableException?>(error =>
            error is { Outcome: WriteOutcome.Refused } && !error.Message.Contains("127.0.0.1", StringComparison.Ordinal)));
        engine.Start();
        await Eventually.That(() => TriedAsync(() => store.AddAsync([ATimer.New().Build()], default)), MaxWait, "written");
    }

    [Test]
    public async Task Indexes_are_made_once_the_server_is_there_whatever_it_refuses_of_others()
    {
        engine.Kill();
        using var output = LoggerFactory.Create(logging => logging.AddProvider(new TestOutput()).SetMinimumLevel(LogLevel.Trace));
        using var indexer = new MongoIndexer(
            connection,
            [new MongoIndexes(_ => throw new InvalidOperationException("Refused.")), new MongoIndexes(MongoTimerSchema.CreateIndexesAsync)],
            TimeProvider.System,
            output.CreateLogger<MongoIndexer>());
        await indexer.StartAsync(default);

        engine.Start();
        await indexer.ExecuteTask!.WaitAsync(MaxWait);

        var indexes = await connection.RunAsync(
            MongoLane.Clients,
            async rows => await (await rows.Collection(MongoTimerSchema.Timers).Indexes.ListAsync()).ToListAsync(),
            default);
        var names = indexes.Select(index => index["name"].AsString);
        Assert.That(names, Is.EquivalentTo(
            [
                "_id_", "dueOfAll", "claimed", "expiring",
                "tenantListed", "tenantListedByState", "tenantListedByTag", "tenantListedExpired",
            ]));
    }

    [Test]
    public async Task The_clock_of_the_server_is_that_of_this_machine_and_names_its_source()
    {
        var time = new MongoStoreTime(connection);

        var sample = await time.SampleAsync(default);
        var again = await time.SampleAsync(default);

        Assert.That(sample.Time, Is.EqualTo(TimeProvider.System.GetUtcNow()).Within(TimeSpan.FromSeconds(10)));
        Assert.That(again.Source, Is.EqualTo(sample.Source).And.Not.Empty);
    }

    [Test]
    public async Task A_command_that_makes_no_sense_is_a_defect_and_not_an_outage()
    {
        await AddAsync(1);

        Assert.ThrowsAsync<InvalidOperationException>(() => connection.RunAsync(
            MongoLane.Clients, rows => rows.Database.RunCommandAsync<BsonDocument>(new BsonDocument("noSuchCommand", "x")), default));
    }

    private Task AddAsync(int count) => store.AddAsync([.. Enumerable.Range(0, count).Select(_ => ATimer.New().Build())], default);

    private Task<bool> ApplyAsync(IEnumerable<RangedTimer> timers, long token) => connection.RunAsync(
        MongoLane.Clients,
        async rows => await rows.UpdateAsync(MongoTimerSchema.Timers, new UpdateManyModel<BsonDocument>(
            new BsonDocument { { "_id", MongoBson.In([.. timers.Select(timer => timer.Key)]) }, { "state", MongoTimerSchema.Scheduled } },
            new BsonDocument("$set", new BsonDocument
            {
                { "state", MongoTimerSchema.Armed }, { "claim", token }, { "runner", MongoBson.Uuid(Runner) },
            }))) > 0,
        default);

    private async Task<long> ArmedAsync() => (await store.CountAsync(default)).ByState.GetValueOrDefault(TimerState.Armed);

    /// <summary>The condition holds at last; until the driver has found the server again, looks may fail.</summary>
    private static Task EventuallyAsync(Func<Task<bool>> condition, string because) => Eventually.That(
        async () =>
        {
            try
            {
                return await condition();
            }
            catch (StoreUnavailableException)
            {
                return false;
            }
        },
        MaxWait,
        because);

    private static async Task<bool> TriedAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static async Task<bool> IsRefusedAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
            return false;
        }
        catch (StoreUnavailableException error)
        {
            return error.Outcome == WriteOutcome.Refused;
        }
    }
}
