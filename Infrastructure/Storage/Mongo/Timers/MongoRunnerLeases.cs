using Contracts.Timers;
using Infrastructure.Storage.Mongo.Driver;

namespace Infrastructure.Storage.Mongo.Timers;

/// <summary>The Runners' leases, one document each, on a connection of their own: a lease that waits behind a batch lapses.</summary>
internal sealed class MongoRunnerLeases(MongoConnection connection) : IRunnerLeases
{
    /// <summary>How long past its end a lease is left alone: its Runner has stopped sending a second before it, by its own clock.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Reaped rows are kept so long for whoever looks into what happened.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    public Task AddAsync(RunnerLeaseRow lease, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Vital,
            session =>
            {
                using var command = new BsonWriter()
                    .String("insert"u8, MongoTimerSchema.Leases)
                    .Array("documents"u8)
                        .Document().Uuid("_id"u8, lease.Runner).Boolean("reaped"u8, value: false);
                WriteTerms(command, lease);
                return session.Write(command.End().End()) == 1
                    ? true
                    : throw new InvalidOperationException("A Runner's name was used before.");
            },
            cancellationToken);

    public Task<bool> TryRenewAsync(RunnerLeaseRow lease, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Vital,
            session =>
            {
                using var command = BeginUpdate(MongoTimerSchema.Leases)
                    .Uuid("_id"u8, lease.Runner)
                    .Boolean("reaped"u8, value: false)
                    .Document("until"u8).Int64("$gt"u8, StoredInstants.ToMilliseconds(now)).End()
                    .End()
                    .Document("u"u8)

                        // A renewal that was held up on its way must not shorten a later one, which may be relied on already.
                        .Document("$max"u8).Int64("until"u8, StoredInstants.ToMilliseconds(lease.Until)).End()
                        .Document("$set"u8);
                WriteShards(command, lease);
                return session.Write(command.End().End().End().End()) == 1;
            },
            cancellationToken);

    public Task RemoveAsync(Guid runner, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Vital, session => Delete(session, filter => filter.Uuid("_id"u8, runner)), cancellationToken);

    public Task<IReadOnlyList<RunnerLeaseRow>> FindAsync(CancellationToken cancellationToken) =>
        connection.RunAsync<IReadOnlyList<RunnerLeaseRow>>(
            MongoLane.Vital,
            session =>
            {
                var leases = new List<RunnerLeaseRow>();
                using var filter = new BsonWriter().Boolean("reaped"u8, value: false);
                session.Find(MongoTimerSchema.Leases, filter, options: null, document =>
                {
                    leases.Add(Read(document));
                    return true;
                });
                return leases;
            },
            cancellationToken);

    public Task<bool> TryLeadAsync(Guid runner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Vital, session => IsLive(session, runner, now) && Lead(session, runner, now, until), cancellationToken);

    /// <summary>Marks the leases that lapsed, for ever: their Runners can neither renew nor send.</summary>
    /// <remarks>
    /// What is deleted cannot come back to life: a Runner without a row cannot renew, and its claims are taken back because
    /// no live row is there, not because a reaped one is. So a row may be deleted at any time; it is merely kept to be read.
    /// </remarks>
    internal static void ReapLapsed(MongoSession session, DateTimeOffset now)
    {
        using var command = BeginUpdate(MongoTimerSchema.Leases)
            .Boolean("reaped"u8, value: false)
            .Document("until"u8).Int64("$lt"u8, StoredInstants.ToMilliseconds(now - Grace)).End()
            .End()
            .Document("u"u8).Document("$set"u8).Boolean("reaped"u8, value: true).End().End()
            .Boolean("multi"u8, value: true);
        session.Write(command.End().End());
        Delete(session, filter => filter
            .Boolean("reaped"u8, value: true)
            .Document("until"u8).Int64("$lt"u8, StoredInstants.ToMilliseconds(now - Kept)).End());
    }

    /// <summary>Those of the Runners whose lease is there and not reaped.</summary>
    internal static HashSet<Guid> FindLive(MongoSession session, IReadOnlyList<Guid> runners)
    {
        var live = new HashSet<Guid>();
        using var filter = new BsonWriter().Document("_id"u8).Uuids("$in"u8, runners).End().Boolean("reaped"u8, value: false);
        session.Find(MongoTimerSchema.Leases, filter, options: null, document =>
        {
            live.Add(document.Find("_id"u8).AsUuid());
            return true;
        });
        return live;
    }

    private static bool IsLive(MongoSession session, Guid runner, DateTimeOffset now)
    {
        using var filter = new BsonWriter()
            .Uuid("_id"u8, runner)
            .Boolean("reaped"u8, value: false)
            .Document("until"u8).Int64("$gt"u8, StoredInstants.ToMilliseconds(now)).End();
        var live = false;
        session.Find(MongoTimerSchema.Leases, filter, options: null, _ => live = true);
        return live;
    }

    /// <summary>One document that is taken over when its time is up. Where another one has it, the upsert meets it as a duplicate.</summary>
    private static bool Lead(MongoSession session, Guid runner, DateTimeOffset now, DateTimeOffset until)
    {
        using var command = BeginUpdate(MongoTimerSchema.Leader)
            .String("_id"u8, "runner")
            .Array("$or"u8)
                .Document().Uuid("runner"u8, runner).End()
                .Document().Document("until"u8).Int64("$lte"u8, StoredInstants.ToMilliseconds(now)).End().End()
            .End()
            .End()
            .Document("u"u8).Document("$set"u8)
                .Uuid("runner"u8, runner).Int64("until"u8, StoredInstants.ToMilliseconds(until))
            .End().End()
            .Boolean("upsert"u8, value: true);
        return session.Write(command.End().End()) == 1;
    }

    private static BsonWriter BeginUpdate(string collection) =>
        new BsonWriter().String("update"u8, collection).Array("updates"u8).Document().Document("q"u8);

    private static bool Delete(MongoSession session, Action<BsonWriter> which)
    {
        using var command = new BsonWriter().String("delete"u8, MongoTimerSchema.Leases).Array("deletes"u8).Document().Document("q"u8);
        which(command);
        return session.Write(command.End().Int32("limit"u8, 0).End().End()) > 0;
    }

    private static void WriteTerms(BsonWriter document, RunnerLeaseRow lease)
    {
        document.Int64("until"u8, StoredInstants.ToMilliseconds(lease.Until));
        WriteShards(document, lease);
    }

    private static void WriteShards(BsonWriter document, RunnerLeaseRow lease)
    {
        document.Array("shards"u8);
        foreach (var shard in lease.Shards)
        {
            document.Int32(default, shard);
        }

        document.End();
    }

    private static RunnerLeaseRow Read(BsonDocument document)
    {
        var shards = new List<int>();
        foreach (var shard in document.Find("shards"u8).AsDocument())
        {
            shards.Add(shard.AsInt32());
        }

        return new RunnerLeaseRow(document.Find("_id"u8).AsUuid(), StoredInstants.FromMilliseconds(document.Find("until"u8).AsInt64()), shards);
    }
}
