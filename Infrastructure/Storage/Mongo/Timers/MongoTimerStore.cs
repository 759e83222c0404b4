using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Storage.Mongo.Driver;
using Infrastructure.Timers;

namespace Infrastructure.Storage.Mongo.Timers;

/// <summary>Timers in MongoDB: what clients and the Consumer ask of it. The Runner's side is in the other parts.</summary>
/// <remarks>
/// Every change is one atomic operation on one document, guarded by what was read, so it works on a sharded cluster too.
/// A bulk of them may be half done when it fails: each half stands by itself, and doing it again is harmless.
/// </remarks>
internal sealed partial class MongoTimerStore : ITimerStore, IDueTimers, IDisposable
{
    private const int RowsPerCommand = 1_000;

    /// <summary>A command is one document, and those end at 16 MiB; the largest single timer is far below what is left.</summary>
    private const int BytesPerCommand = 8 << 20;

    private readonly MongoConnection connection;
    private readonly TimeProvider time;
    private readonly MongoTokens tokens;
    private readonly AbandonedClaims abandoned;
    private readonly CachedCounts counts;

    /// <param name="connection">Where; not disposed of with the store.</param>
    /// <param name="options">How old counts may be.</param>
    /// <param name="time">The machine's clock.</param>
    public MongoTimerStore(MongoConnection connection, MongoOptions options, TimeProvider time)
    {
        this.connection = connection;
        this.time = time;
        tokens = new MongoTokens(connection);
        abandoned = new AbandonedClaims(time);
        counts = new CachedCounts(connection, options.CountsAge, time);
    }

    public async Task AddAsync(IReadOnlyList<Received<TimerScheduled>> created, CancellationToken cancellationToken)
    {
        // Of one key the first wins; an unordered insert does not promise which is tried first.
        var keys = new HashSet<Guid>(created.Count);
        var chunks = new List<Task>();
        BsonWriter? command = null;
        var rows = 0;
        foreach (var timer in created.Select(each => each.Message))
        {
            if (!keys.Add(timer.TimerId))
            {
                continue;
            }

            command ??= BeginInsert(MongoTimerSchema.Timers);
            MongoTimerRows.WriteNew(command, timer, StoredSpec.Write(timer.Spec));
            if (++rows == RowsPerCommand || command.Length > BytesPerCommand)
            {
                chunks.Add(InsertAsync(command, cancellationToken));
                (command, rows) = (null, 0);
            }
        }

        if (command is not null)
        {
            chunks.Add(InsertAsync(command, cancellationToken));
        }

        try
        {
            await Task.WhenAll(chunks);
        }
        catch (StoreUnavailableException failure) when (chunks.Exists(MayBeStored))
        {
            // Of timers a part of which is stored nobody can say that they were refused.
            throw new StoreUnavailableException(WriteOutcome.Unknown, failure.Message, failure);
        }
    }

    public Task<IReadOnlyList<TimerRecord>> FindAsync(IReadOnlyList<Guid> keys, CancellationToken cancellationToken) =>
        keys.Count == 0
            ? Task.FromResult<IReadOnlyList<TimerRecord>>([])
            : connection.RunAsync<IReadOnlyList<TimerRecord>>(
                MongoLane.Clients, session => ReadRows(session, keys, withSpec: true), cancellationToken);

    public Task<IReadOnlyList<AttemptRecord>> FindAttemptsAsync(Guid key, CancellationToken cancellationToken) =>
        connection.RunAsync<IReadOnlyList<AttemptRecord>>(
            MongoLane.Clients,
            session => [.. MongoAttemptRows.ReadOne(session, key).Select(stored => stored.Attempt)],
            cancellationToken);

    public async Task<AttemptRecord?> FindLastAttemptAsync(Guid key, CancellationToken cancellationToken) =>
        await FindAttemptsAsync(key, cancellationToken) is [.., var last] ? last : null;

    public Task<TimerPage> ListAsync(TimerQuery query, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Clients, session => new TimerListing(session, query).Read(), cancellationToken);

    public Task<TimerCounts> CountAsync(CancellationToken cancellationToken) => counts.ReadAsync(cancellationToken);

    public Task<bool> TryReplaceAsync(TimerRecord read, TimerRecord changed, CancellationToken cancellationToken)
    {
        if (!TimerLifecycle.Allows(read.State, changed.State))
        {
            throw new InvalidOperationException($"A timer cannot go from {read.State} to {changed.State}.");
        }

        var spec = read.Spec == changed.Spec ? null : StoredSpec.Write(changed.Spec);
        return connection.RunAsync(
            MongoLane.Clients,
            session =>
            {
                using var command = BeginUpdates();
                MongoTimerRows.WriteUpdate(command, read, changed, spec);
                return session.Write(command.End()) == 1;
            },
            cancellationToken);
    }

    public void Dispose()
    {
        tokens.Dispose();
        counts.Dispose();
    }

    internal static List<TimerRecord> ReadRows(MongoSession session, IReadOnlyList<Guid> keys, bool withSpec)
    {
        var found = new List<TimerRecord>(keys.Count);
        foreach (var chunk in keys.Distinct().Chunk(RowsPerCommand))
        {
            using var filter = new BsonWriter().Document("_id"u8).Uuids("$in"u8, chunk).End();
            using var options = new BsonWriter().Int32("batchSize"u8, chunk.Length + 1);
            if (!withSpec)
            {
                options.Document("projection"u8).Int32("spec"u8, 0).Int32("tags"u8, 0).End();
            }

            session.Find(MongoTimerSchema.Timers, filter, options, document =>
            {
                found.Add(MongoTimerRows.Read(document));
                return true;
            });
        }

        return found;
    }

    private static BsonWriter BeginInsert(string collection) =>
        new BsonWriter().String("insert"u8, collection).Boolean("ordered"u8, value: false).Array("documents"u8);

    private static BsonWriter BeginUpdates() =>
        new BsonWriter().String("update"u8, MongoTimerSchema.Timers).Boolean("ordered"u8, value: false).Array("updates"u8);

    private Task<int> InsertAsync(BsonWriter command, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Clients,
            session =>
            {
                using (command)
                {
                    return session.Write(command.End());
                }
            },
            cancellationToken);

    private static bool MayBeStored(Task chunk) =>
        chunk.Exception?.InnerException is not StoreUnavailableException { Outcome: WriteOutcome.Refused };
}
