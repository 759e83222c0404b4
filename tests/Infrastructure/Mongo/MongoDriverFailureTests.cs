using System.Diagnostics;
using Contracts.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;
using Tests.Support;

namespace Tests.Infrastructure.Mongo;

/// <summary>What the driver throws when a real server is killed, hangs, or takes its connections with it, and what is made of it.</summary>
[Parallelizable]
public sealed class MongoDriverFailureTests
{
    private const string Rows = "rows";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly MongoOptions Options = new() { Connections = 4, OperationTimeout = TimeSpan.FromSeconds(2) };

    private OwnEngine engine = null!;

    [SetUp]
    public void Start() => engine = Engine.StartOwn("mongo");

    [TearDown]
    public void Stop() => engine?.Dispose();

    [Test]
    public async Task Killed_under_writers_what_was_refused_is_not_there_and_what_was_acknowledged_is()
    {
        var acknowledged = new List<int>();
        var refused = new List<int>();
        var unknown = 0;
        using (var connection = new MongoConnection(engine.Uri, Options, TimeProvider.System))
        {
            var next = 0;
            var writers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                while (Volatile.Read(ref refused).Count < 20)
                {
                    var number = Interlocked.Increment(ref next);
                    var outcome = await OutcomeAsync(
                        () => connection.RunAsync(MongoLane.Clients, rows => InsertAsync(rows, number), default));
                    lock (acknowledged)
                    {
                        (outcome is null ? acknowledged : outcome == WriteOutcome.Refused ? refused : []).Add(number);
                        unknown += outcome == WriteOutcome.Unknown ? 1 : 0;
                    }
                }
            })).ToList();
            await Eventually.That(() => Volatile.Read(ref next) > 200, Deadline, "written");
            engine.Kill();
            await Task.WhenAll(writers).WaitAsync(Deadline);
        }

        engine.Start();
        var stored = await StoredAsync();
        Assert.That(stored, Is.SupersetOf(acknowledged));
        Assert.That(stored.Intersect(refused), Is.Empty);
        Assert.That(unknown, Is.LessThanOrEqualTo(Options.Connections), "only what was under way");
    }

    [Test]
    public async Task A_server_that_hangs_leaves_what_was_sent_unknown_and_is_soon_not_asked_any_more()
    {
        using var connection = new MongoConnection(engine.Uri, Options, TimeProvider.System);
        await connection.RunAsync(MongoLane.Clients, rows => InsertAsync(rows, 0), default);
        engine.Pause();
        var watch = Stopwatch.StartNew();

        var first = await OutcomeAsync(() => connection.RunAsync(MongoLane.Clients, rows => InsertAsync(rows, 1), default));

        Assert.That(first, Is.EqualTo(WriteOutcome.Unknown));
        Assert.That(watch.Elapsed, Is.LessThan(Options.OperationTimeout * 5), "a deadline on every operation");
        await Eventually.That(
            async () => await OutcomeAsync(() =>
                connection.RunAsync(MongoLane.Clients, rows => InsertAsync(rows, 2), default)) == WriteOutcome.Refused,
            Deadline,
            "refused");
        engine.Resume();
        await Eventually.That(
            async () => await OutcomeAsync(() => connection.RunAsync(MongoLane.Clients, rows => InsertAsync(rows, 3), default)) is null,
            Deadline,
            "written");
    }

    [Test]
    public async Task Those_who_wait_for_a_connection_of_a_pool_that_is_paused_are_refused()
    {
        using var client = new MongoAddress(engine.Uri).Connect(Options, connections: 1);
        var rows = new MongoRows(client.GetDatabase("timers"), Options.OperationTimeout);
        await InsertAsync(rows, 0);
        engine.Pause();
        var failing = Enumerable.Range(1, 10).Select(number => FailureAsync(rows, number)).ToList();
        await Task.Delay(TimeSpan.FromMilliseconds(200));

        engine.Kill();
        var failures = await Task.WhenAll(failing).WaitAsync(Deadline);

        Assert.That(failures, Has.Some.TypeOf<MongoConnectionPoolPausedException>());
        Assert.That(failures, Has.Some.InstanceOf<MongoConnectionException>());
        engine.Start();
        var stored = await StoredAsync();
        foreach (var (failure, number) in failures.Select((failure, at) => (failure!, at + 1)))
        {
            var told = (StoreUnavailableException)MongoFailures.ToException(failure);
            var expected = failure is MongoConnectionPoolPausedException or TimeoutException ? WriteOutcome.Refused : WriteOutcome.Unknown;
            Assert.That((told.Outcome, failure.GetType()), Is.EqualTo((expected, failure.GetType())));
            Assert.That(told.Outcome == WriteOutcome.Refused && stored.Contains(number), Is.False, failure.ToString());
        }
    }

    private async Task<HashSet<int>> StoredAsync()
    {
        using var client = new MongoAddress(engine.Uri).Connect(MongoDatabase.Options, connections: 1);
        var found = new List<BsonDocument>();
        await Eventually.That(
            async () =>
            {
                try
                {
                    found = await new MongoRows(client.GetDatabase("timers"), Deadline).FindAsync(Rows, []);
                    return true;
                }
                catch (TimeoutException)
                {
                    return false;
                }
            },
            Deadline,
            "read");
        return [.. found.Select(row => row["_id"].ToInt32())];
    }

    private static Task<long> InsertAsync(MongoRows rows, int number) => rows.InsertAsync(Rows, [new NumberRow(number)]);

    private static async Task<Exception?> FailureAsync(MongoRows rows, int number)
    {
        try
        {
            await InsertAsync(rows, number);
            return null;
        }
#pragma warning disable CA1031 // Whatever it is: that is the question.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
    }

    /// <summary>Null when it was acknowledged.</summary>
    private static async Task<WriteOutcome?> OutcomeAsync(Func<Task> write)
    {
        try
        {
            await write();
            return null;
        }
        catch (StoreUnavailableException failure)
        {
            return failure.Outcome;
        }
    }

    private sealed class NumberRow(int number) : MongoRow
    {
        public override void Write(IBsonWriter writer) => writer.WriteInt32("_id", number);
    }
}
