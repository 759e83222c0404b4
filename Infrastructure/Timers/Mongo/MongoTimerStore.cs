using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Common;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Timers.Mongo;

/// <summary>Timers in MongoDB: the side of clients and the Consumer. The Runner's side is in the other parts.</summary>
/// <remarks>
/// Every change is one atomic operation on one document, guarded by what was read, so it works on a sharded cluster too.
/// A bulk of them may be half done when it fails: each half stands by itself, and doing it again is harmless.
/// </remarks>
internal sealed partial class MongoTimerStore : ITimerStore, IDueTimers, IDisposable
{
    private const int RowsPerCommand = 1_000;

    /// <summary>A message ends at 48 MB, and the driver would make two of a larger one, of which each might fail by itself.</summary>
    private const int BytesPerCommand = 8 << 20;

    private static readonly BsonDocument WithoutSpec = new() { { "spec", 0 }, { "tags", 0 } };

    private readonly MongoConnection connection;
    private readonly TimeProvider time;
    private readonly MongoTokens tokens;
    private readonly AbandonedClaims abandoned;
    private readonly CachedCounts counts;
    private readonly SharedReads reads;

    /// <param name="connection">Where; not disposed of with the store.</param>
    /// <param name="options">How old counts may be, and how many connections there are.</param>
    /// <param name="time">The machine's clock.</param>
    public MongoTimerStore(MongoConnection connection, MongoOptions options, TimeProvider time)
    {
        this.connection = connection;
        this.time = time;
        tokens = new MongoTokens(connection);
        abandoned = new AbandonedClaims(time);
        counts = new CachedCounts(connection, options.CountsAge, time);

        // So few that they never fill the gate, and enough that one that takes longer holds nobody up.
        reads = new SharedReads(connection, Math.Max(1, options.Connections / 4));
    }

    public async Task AddAsync(IReadOnlyList<Received<TimerScheduled>> created, CancellationToken cancellationToken)
    {
        // Of one key the first wins; an unordered insert does not promise which is tried first.
        var keys = new HashSet<Guid>(created.Count);
        var chunks = new List<Task<long>>();
        var rows = new List<NewTimerRow>(Math.Min(created.Count, RowsPerCommand));
        long bytes = 0;
        foreach (var each in created)
        {
            if (!keys.Add(each.Message.TimerId))
            {
                continue;
            }

            var row = new NewTimerRow(each.Tenant, each.Message, StoredSpec.Write(each.Message.Spec));
            rows.Add(row);
            if (rows.Count == RowsPerCommand || (bytes += row.Size) > BytesPerCommand)
            {
                chunks.Add(InsertAsync(rows, cancellationToken));
                (rows, bytes) = ([], 0);
            }
        }

        if (rows.Count > 0)
        {
            chunks.Add(InsertAsync(rows, cancellationToken));
        }

        try
        {
            // Most keys that are taken are those of creates that the log gives again. Few are of erased timers.
            if ((await Task.WhenAll(chunks)).Sum() < keys.Count)
            {
                await AddOverErasedAsync(created, keys, cancellationToken);
            }
        }
        catch (StoreUnavailableException failure) when (chunks.Exists(MayBeStored))
        {
            // Timers cannot be called refused if some of them may be stored.
            throw new StoreUnavailableException(WriteOutcome.Unknown, failure.Message, failure);
        }
    }

    public Task<IReadOnlyList<TimerRecord>> FindAsync(string tenant, IReadOnlyList<Guid> keys, CancellationToken cancellationToken) =>
        keys.Count == 0 ? Task.FromResult<IReadOnlyList<TimerRecord>>([]) : reads.FindAsync(tenant, keys, cancellationToken);

    public Task<IReadOnlyList<AttemptRecord>> FindAttemptsAsync(string tenant, Guid key, CancellationToken cancellationToken) =>
        connection.RunAsync<IReadOnlyList<AttemptRecord>>(
            MongoLane.Clients,
            async rows => [.. (await MongoAttemptRows.ReadOneAsync(rows, tenant, key)).Select(stored => stored.Attempt)],
            cancellationToken);

    public async Task<AttemptRecord?> FindLastAttemptAsync(string tenant, Guid key, CancellationToken cancellationToken) =>
        await FindAttemptsAsync(tenant, key, cancellationToken) is [.., var last] ? last : null;

    public Task<TimerPage> ListAsync(TimerQuery query, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Clients, rows => new TimerListing(rows, query).ReadAsync(), cancellationToken);

    public Task<TimerCounts> CountAsync(string tenant, CancellationToken cancellationToken) => counts.ReadAsync(tenant, cancellationToken);

    public Task<bool> TryReplaceAsync(TimerRecord read, TimerRecord changed, CancellationToken cancellationToken)
    {
        if (!TimerLifecycle.Allows(read.State, changed.State))
        {
            throw new InvalidOperationException($"A timer cannot go from {read.State} to {changed.State}.");
        }

        var spec = read.Spec == changed.Spec ? null : StoredSpec.Write(changed.Spec);
        return connection.RunAsync(
            MongoLane.Clients,
            async rows => await rows.UpdateAsync(MongoTimerSchema.Timers, TimerUpdates.Of(read, changed, spec)) == 1,
            cancellationToken);
    }

    public void Dispose()
    {
        tokens.Dispose();
        counts.Dispose();
    }

    /// <summary>The timers that are there, and the keys of those whose row is damaged.</summary>
    internal static async Task<(List<TimerRecord> Whole, List<Guid> Damaged)> ReadRowsAsync(
        MongoRows rows, IReadOnlyList<Guid> keys, bool withSpec)
    {
        var found = (Whole: new List<TimerRecord>(keys.Count), Damaged: new List<Guid>());
        foreach (var chunk in keys.Distinct().Chunk(RowsPerCommand))
        {
            var read = await rows.FindAsync(
                MongoTimerSchema.Timers,
                new BsonDocument { { "_id", MongoBson.In(chunk) }, { "state", new BsonDocument("$ne", MongoTimerSchema.Erased) } },
                new MongoFind(withSpec ? null : WithoutSpec, BatchSize: chunk.Length + 1),
                TimerRowSerializer.Instance);
            Sort(rows, read, found.Whole, found.Damaged);
        }

        return found;
    }

    private static void Sort(MongoRows rows, List<ReadTimer> read, List<TimerRecord> whole, List<Guid> damaged)
    {
        foreach (var each in read)
        {
            if (each.Timer is { } timer)
            {
                whole.Add(timer);
            }
            else
            {
                damaged.Add(each.Key);
                rows.Damage.Add(Damaged(each.Key, each.Damage));
            }
        }
    }

    internal static string Damaged(Guid key, string? why) => $"Document {key} of the timers cannot be read: {why}";

    private Task<long> InsertAsync(List<NewTimerRow> timers, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Clients, rows => rows.InsertAsync(MongoTimerSchema.Timers, timers), cancellationToken);

    private static bool MayBeStored(Task chunk) =>
        chunk.Exception?.InnerException is not StoreUnavailableException { Outcome: WriteOutcome.Refused };
}
