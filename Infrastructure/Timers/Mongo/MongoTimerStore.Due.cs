using System.Security.Cryptography;
using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Timers.Mongo;

/// <content>What falls due: claims, marks, and the upkeep.</content>
internal sealed partial class MongoTimerStore
{
    private static readonly BsonDocument WithoutTags = new("tags", 0);
    private static readonly BsonDocument ClaimOnly = new("claim", 1);

    public async Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        var found = await FindDueAsync(request, cancellationToken);
        return found.Count == 0 ? [] : await ArmAsync(request, found, cancellationToken);
    }

    internal Task<List<RangedTimer>> FindDueAsync(ClaimRequest request, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Runner, rows => FindDueAsync(rows, request), cancellationToken);

    internal async Task<IReadOnlyList<ClaimedTimer>> ArmAsync(
        ClaimRequest request, List<RangedTimer> found, CancellationToken cancellationToken)
    {
        var token = await tokens.DrawAsync(cancellationToken);
        try
        {
            return await connection.RunAsync(MongoLane.Runner, rows => ArmAsync(rows, request, found, token), cancellationToken);
        }
        catch
        {
            // Whatever the failure, even a cancelled caller: rows may be armed, now or later, and nobody holds them.
            abandoned.Add(request.Runner, token);
            throw;
        }
    }

    public Task<int> CountDueAsync(ClaimRequest request, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Runner,
            rows => DueRanges(rows, request)
                .CountAsync(StoredInstants.ToLowerBound(request.After), StoredInstants.ToMilliseconds(request.Until), request.Limit),
            cancellationToken);

    public Task<IReadOnlyList<ClaimedTimer>> MarkSendingAsync(IReadOnlyList<ClaimedTimer> timers, CancellationToken cancellationToken) =>
        timers.Count == 0
            ? Task.FromResult<IReadOnlyList<ClaimedTimer>>([])
            : connection.RunAsync<IReadOnlyList<ClaimedTimer>>(
                MongoLane.Runner,
                async rows =>
                {
                    var marked = new List<ClaimedTimer>(timers.Count);
                    foreach (var chunk in timers.Chunk(RowsPerCommand))
                    {
                        marked.AddRange(await MarkSendingAsync(rows, chunk));
                    }

                    return marked;
                },
                cancellationToken);

    public Task<int> PurgeAsync(DateTimeOffset finishedBefore, int limit, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Clients, rows => PurgeAsync(rows, finishedBefore, limit), cancellationToken);

    public async Task<bool> MaintainAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var claims = abandoned.Read();
        if (claims.Count == 0)
        {
            return false;
        }

        var began = time.GetTimestamp();
        var more = await connection.RunAsync(
            MongoLane.Runner,
            async rows =>
            {
                foreach (var runner in claims)
                {
                    if (await GiveBackAbandonedAsync(rows, runner.Key, [.. runner], now))
                    {
                        return true;
                    }
                }

                return false;
            },
            cancellationToken);
        if (!more)
        {
            abandoned.Searched(began);
        }

        return more;
    }

    private static TimerRanges DueRanges(MongoRows rows, ClaimRequest request) =>
        new(rows, [.. (request.Shards ?? Shard.All).Select(shard => (MongoTimerSchema.Scheduled, shard))]);

    private static async Task<List<RangedTimer>> FindDueAsync(MongoRows rows, ClaimRequest request)
    {
        var found = await DueRanges(rows, request)
            .FindAsync(StoredInstants.ToLowerBound(request.After), StoredInstants.ToMilliseconds(request.Until), request.Limit);
        long bytes = 0;
        var within = found.FindIndex(row => (bytes += row.Size) > request.MaxBytes);
        return within < 0 ? found : found[..Math.Max(within, 1)];
    }

    /// <summary>
    /// Arms what still is due within the span, and gives the rows as they now are: a row that moved within it is due there.
    /// </summary>
    private static async Task<IReadOnlyList<ClaimedTimer>> ArmAsync(
        MongoRows rows, ClaimRequest request, List<RangedTimer> found, ClaimToken token)
    {
        var claimed = new List<ClaimedTimer>(found.Count);
        foreach (var chunk in found.Chunk(RowsPerCommand))
        {
            var keys = MongoBson.In([.. chunk.Select(row => row.Key)]);
            var span = new BsonDocument
            {
                { "$gt", StoredInstants.ToLowerBound(request.After) },
                { "$lte", StoredInstants.ToMilliseconds(request.Until) },
            };
            var armed = new BsonDocument
            {
                { "state", MongoTimerSchema.Armed },
                { "claim", token.Value },
                { "runner", MongoBson.Uuid(request.Runner) },
            };
            var count = await rows.UpdateAsync(MongoTimerSchema.Timers, new UpdateManyModel<BsonDocument>(
                new BsonDocument { { "_id", keys }, { "state", MongoTimerSchema.Scheduled }, { "nextAt", span } },
                new BsonDocument("$set", armed)));
            if (count == 0)
            {
                continue;
            }

            var mine = await rows.FindAsync(
                MongoTimerSchema.Timers,
                new BsonDocument { { "_id", keys }, { "state", MongoTimerSchema.Armed }, { "claim", token.Value } },
                new MongoFind(WithoutTags, BatchSize: chunk.Length + 1),
                TimerRowSerializer.Instance);
            var (whole, damaged) = (new List<TimerRecord>(mine.Count), new List<Guid>());
            Sort(rows, mine, whole, damaged);
            await SetAsideAsync(rows, damaged);
            claimed.AddRange(whole.Select(row => new ClaimedTimer(
                row.Key, token, row.DueAt, row.NextAt, row.Occurrence, row.Attempts, row.AttemptsBeforeReplay, row.Spec)
            {
                Runner = request.Runner,
                Tenant = row.Tenant,
                ExpiresAt = row.ExpiresAt,
            }));
        }

        return [.. claimed.OrderBy(timer => timer.NextAt)];
    }

    /// <summary>What cannot be read must not be found due again and again, before all others.</summary>
    private static async Task SetAsideAsync(MongoRows rows, List<Guid> damaged)
    {
        if (damaged.Count > 0)
        {
            await rows.UpdateAsync(MongoTimerSchema.Timers, new UpdateManyModel<BsonDocument>(
                MongoTimerSchema.IsClaimed().Add("_id", MongoBson.In([.. damaged])),
                new BsonDocument
                {
                    { "$set", new BsonDocument("state", MongoTimerSchema.Damaged) },
                    { "$unset", new BsonDocument { { "claim", 1 }, { "runner", 1 } } },
                }));
        }
    }

    private static async Task<IEnumerable<ClaimedTimer>> MarkSendingAsync(MongoRows rows, ClaimedTimer[] timers)
    {
        // An update tells how many rows it changed, not which. Where some were not, a mark of this call's own tells.
        var mark = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));
        var sending = new BsonDocument("$set", new BsonDocument { { "state", MongoTimerSchema.Sending }, { "mark", mark } });
        var updates = timers.GroupBy(timer => timer.Token).Select(claim => new UpdateManyModel<BsonDocument>(
            new BsonDocument
            {
                { "_id", MongoBson.In([.. claim.Select(timer => timer.Key)]) },
                { "state", MongoTimerSchema.Armed },
                { "claim", claim.Key.Value },
            },
            sending));
        var count = await rows.UpdateAsync(MongoTimerSchema.Timers, [.. updates]);
        if (count == timers.Length || count == 0)
        {
            return count == 0 ? [] : timers;
        }

        var found = await rows.FindAsync(
            MongoTimerSchema.Timers,
            new BsonDocument { { "_id", MongoBson.In([.. timers.Select(timer => timer.Key)]) }, { "mark", mark } },
            new MongoFind(ClaimOnly));
        var marked = found.Select(row => (row["_id"].AsUuid(), row.GetValue("claim", 0).ToInt64())).ToHashSet();
        return timers.Where(timer => marked.Contains((timer.Key, timer.Token.Value)));
    }

    private static async Task<int> PurgeAsync(MongoRows rows, DateTimeOffset finishedBefore, int limit)
    {
        var before = StoredInstants.AtOrAfter(finishedBefore);
        var ranges = MongoTimerSchema.Purged.SelectMany(state => Shard.All.Select(shard => (state, shard)));
        var found = await new TimerRanges(rows, [.. ranges]).FindAsync(after: -1, before - 1, limit);
        foreach (var chunk in found.Chunk(RowsPerCommand))
        {
            var keys = MongoBson.In([.. chunk.Select(row => row.Key)]);

            // Attempts first: a purge that ends between the two leaves a timer to be purged again, and never attempts of none.
            await rows.DeleteAsync(MongoTimerSchema.Attempts, new BsonDocument("_id.timer", keys));
            await rows.DeleteAsync(MongoTimerSchema.Timers, new BsonDocument
            {
                { "_id", keys },
                { "state", new BsonDocument("$in", new BsonArray(MongoTimerSchema.Purged)) },
                { "nextAt", new BsonDocument("$lt", before) },
            });
        }

        return found.Count;
    }

    /// <returns>Whether there may be more.</returns>
    private static async Task<bool> GiveBackAbandonedAsync(MongoRows rows, Guid runner, ClaimToken[] claims, DateTimeOffset now)
    {
        var found = await FindClaimedAsync(rows, MongoTimerSchema.IsClaimed()
            .Add("runner", MongoBson.Uuid(runner))
            .Add("claim", new BsonDocument("$in", new BsonArray(claims.Select(claim => claim.Value)))));

        // Never sent, so nothing may still arrive; one that is marked as sending was held by somebody after all.
        var given = await SettleAsync(
            rows,
            [.. found.Keys],
            row => row.State == TimerState.Armed && row.Claim is { } token && claims.Contains(token)
                ? ClaimSettlement.HandedBack(row, token, row.NextAt, now)
                : null);
        return found.Count == RowsPerCommand && given > 0;
    }
}
