using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Timers.Mongo;

/// <summary>The Runners' leases, one document each, on a connection of their own: a lease that waits behind a batch expires.</summary>
internal sealed class MongoRunnerLeases(MongoConnection connection) : IRunnerLeases
{
    /// <summary>How long past its end a lease is left alone: its Runner has stopped sending a second before it, by its own clock.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>How long reaped rows are kept for diagnosis.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    public Task AddAsync(RunnerLeaseRow lease, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Vital,
            async rows => await rows.InsertAsync(MongoTimerSchema.Leases, [new NewLeaseRow(lease)]) == 1
                ? true
                : throw new InvalidOperationException("The Runner's name has been used before."),
            cancellationToken);

    public Task<bool> TryRenewAsync(RunnerLeaseRow lease, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Vital,
            async rows => await rows.UpdateAsync(MongoTimerSchema.Leases, new UpdateOneModel<BsonDocument>(
                IsLive(lease.Runner, now),
                new BsonDocument
                {
                    // A renewal that was held up on its way must not shorten a later one, which may be relied on already.
                    { "$max", new BsonDocument("until", StoredInstants.ToMilliseconds(lease.Until)) },
                    { "$set", new BsonDocument("shards", new BsonArray(lease.Shards)) },
                })) == 1,
            cancellationToken);

    public Task RemoveAsync(Guid runner, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Vital, rows =>
                rows.DeleteAsync(MongoTimerSchema.Leases, new BsonDocument("_id", MongoBson.Uuid(runner))), cancellationToken);

    public Task<IReadOnlyList<RunnerLeaseRow>> FindAsync(CancellationToken cancellationToken) =>
        connection.RunAsync<IReadOnlyList<RunnerLeaseRow>>(
            MongoLane.Vital,
            async rows => [.. (await rows.FindAsync(MongoTimerSchema.Leases, new BsonDocument("reaped", false))).Select(Read)],
            cancellationToken);

    public Task<bool> TryLeadAsync(Guid runner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Vital,
            async rows => (await rows.FindAsync(MongoTimerSchema.Leases, IsLive(runner, now))).Count > 0
                && await LeadAsync(rows, runner, now, until),
            cancellationToken);

    /// <summary>Marks the leases that lapsed, for ever: their Runners can neither renew nor send.</summary>
    /// <remarks>
    /// What is deleted cannot come back to life: a Runner without a row cannot renew, and its claims are taken back because
    /// no live row is there, not because a reaped one is. So a row may be deleted at any time; it is merely kept to be read.
    /// </remarks>
    internal static async Task ReapLapsedAsync(MongoRows rows, DateTimeOffset now)
    {
        await rows.UpdateAsync(MongoTimerSchema.Leases, new UpdateManyModel<BsonDocument>(
            new BsonDocument { { "reaped", false }, { "until", new BsonDocument("$lt", StoredInstants.ToMilliseconds(now - Grace)) } },
            new BsonDocument("$set", new BsonDocument("reaped", true))));
        await rows.DeleteAsync(
            MongoTimerSchema.Leases,
            new BsonDocument { { "reaped", true }, { "until", new BsonDocument("$lt", StoredInstants.ToMilliseconds(now - Kept)) } });
    }

    /// <summary>Those of the Runners whose lease is there and not reaped.</summary>
    internal static async Task<HashSet<Guid>> FindLiveAsync(MongoRows rows, IReadOnlyList<Guid> runners)
    {
        var live = await rows.FindAsync(
            MongoTimerSchema.Leases, new BsonDocument { { "_id", MongoBson.In(runners) }, { "reaped", false } });
        return [.. live.Select(lease => lease["_id"].AsUuid())];
    }

    private static BsonDocument IsLive(Guid runner, DateTimeOffset now) => new()
    {
        { "_id", MongoBson.Uuid(runner) },
        { "reaped", false },
        { "until", new BsonDocument("$gt", StoredInstants.ToMilliseconds(now)) },
    };

    /// <summary>
    /// One document that is taken over when its time is up. Where another one has it, the upsert meets it as a duplicate.
    /// </summary>
    private static async Task<bool> LeadAsync(MongoRows rows, Guid runner, DateTimeOffset now, DateTimeOffset until)
    {
        var mineOrOver = new BsonArray
        {
            new BsonDocument("runner", MongoBson.Uuid(runner)),
            new BsonDocument("until", new BsonDocument("$lte", StoredInstants.ToMilliseconds(now))),
        };
        var lead = new BsonDocument { { "runner", MongoBson.Uuid(runner) }, { "until", StoredInstants.ToMilliseconds(until) } };
        return await rows.UpdateAsync(
            MongoTimerSchema.Leader,
            new UpdateOneModel<BsonDocument>(
                new BsonDocument { { "_id", "runner" }, { "$or", mineOrOver } }, new BsonDocument("$set", lead))
            {
                IsUpsert = true,
            }) == 1;
    }

    private static RunnerLeaseRow Read(BsonDocument document) => new(
        document["_id"].AsUuid(),
        StoredInstants.FromMilliseconds(document["until"].ToInt64()),
        [.. document["shards"].AsBsonArray.Select(shard => shard.ToInt32())]);
}
