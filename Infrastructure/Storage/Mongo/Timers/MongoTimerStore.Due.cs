using System.Security.Cryptography;
using Contracts.Timers;
using Infrastructure.Storage.Mongo.Driver;

namespace Infrastructure.Storage.Mongo.Timers;

/// <content>What falls due: claims, marks, and the upkeep.</content>
internal sealed partial class MongoTimerStore
{
    public async Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        var found = await FindDueAsync(request, cancellationToken);
        return found.Count == 0 ? [] : await ArmAsync(request, found, cancellationToken);
    }

    internal Task<List<RangedTimer>> FindDueAsync(ClaimRequest request, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Runner, session => FindDue(session, request), cancellationToken);

    internal async Task<IReadOnlyList<ClaimedTimer>> ArmAsync(ClaimRequest request, List<RangedTimer> found, CancellationToken cancellationToken)
    {
        var token = await tokens.DrawAsync(cancellationToken);
        try
        {
            return await connection.RunAsync(MongoLane.Runner, session => Arm(session, request, found, token), cancellationToken);
        }
        catch
        {
            // Whatever it was, also that the caller waits no longer: rows may be armed, now or later, and nobody holds them.
            abandoned.Add(request.Runner, token);
            throw;
        }
    }

    public Task<int> CountDueAsync(ClaimRequest request, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Runner,
            session => DueRanges(session, request)
                .Count(StoredInstants.ToLowerBound(request.After), StoredInstants.ToMilliseconds(request.Until), request.Limit),
            cancellationToken);

    public Task<IReadOnlyList<ClaimedTimer>> MarkSendingAsync(IReadOnlyList<ClaimedTimer> timers, CancellationToken cancellationToken) =>
        timers.Count == 0
            ? Task.FromResult<IReadOnlyList<ClaimedTimer>>([])
            : connection.RunAsync<IReadOnlyList<ClaimedTimer>>(
                MongoLane.Runner,
                session =>
                {
                    var marked = new List<ClaimedTimer>(timers.Count);
                    foreach (var chunk in timers.Chunk(RowsPerCommand))
                    {
                        marked.AddRange(MarkSending(session, chunk));
                    }

                    return marked;
                },
                cancellationToken);

    public Task<int> PurgeAsync(DateTimeOffset finishedBefore, int limit, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Clients, session => Purge(session, finishedBefore, limit), cancellationToken);

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
            session => claims.Any(runner => GiveBackAbandoned(session, runner.Key, [.. runner], now)),
            cancellationToken);
        if (!more)
        {
            abandoned.Looked(began);
        }

        return more;
    }

    private static TimerRanges DueRanges(MongoSession session, ClaimRequest request) =>
        new(session, [.. (request.Shards ?? Shard.All).Select(shard => (MongoTimerSchema.Scheduled, shard))]);

    private static List<RangedTimer> FindDue(MongoSession session, ClaimRequest request)
    {
        var found = DueRanges(session, request)
            .Find(StoredInstants.ToLowerBound(request.After), StoredInstants.ToMilliseconds(request.Until), request.Limit);
        long bytes = 0;
        var within = found.FindIndex(row => (bytes += row.Size) > request.MaxBytes);
        return within < 0 ? found : found[..Math.Max(within, 1)];
    }

    /// <summary>Arms what still is due within the span, and gives the rows as they now are: a row that moved within it is due there.</summary>
    private static IReadOnlyList<ClaimedTimer> Arm(MongoSession session, ClaimRequest request, List<RangedTimer> found, ClaimToken token)
    {
        var claimed = new List<ClaimedTimer>(found.Count);
        foreach (var chunk in found.Chunk(RowsPerCommand))
        {
            using var command = BeginUpdates()
                .Document()
                    .Document("q"u8)
                        .Document("_id"u8).Uuids("$in"u8, chunk.Select(row => row.Key)).End()
                        .Int32("state"u8, MongoTimerSchema.Scheduled)
                        .Document("nextAt"u8)
                            .Int64("$gt"u8, StoredInstants.ToLowerBound(request.After))
                            .Int64("$lte"u8, StoredInstants.ToMilliseconds(request.Until))
                        .End()
                    .End()
                    .Document("u"u8).Document("$set"u8)
                        .Int32("state"u8, MongoTimerSchema.Armed).Int64("claim"u8, token.Value).Uuid("runner"u8, request.Runner)
                    .End().End()
                    .Boolean("multi"u8, value: true)
                .End();
            if (session.Write(command.End()) == 0)
            {
                continue;
            }

            using var filter = new BsonWriter()
                .Document("_id"u8).Uuids("$in"u8, chunk.Select(row => row.Key)).End()
                .Int32("state"u8, MongoTimerSchema.Armed)
                .Int64("claim"u8, token.Value);
            using var options = new BsonWriter()
                .Document("projection"u8).Int32("tags"u8, 0).End()
                .Int32("batchSize"u8, chunk.Length + 1);
            session.Find(MongoTimerSchema.Timers, filter, options, document =>
            {
                var row = MongoTimerRows.Read(document);
                claimed.Add(new ClaimedTimer(
                    row.Key, token, row.DueAt, row.NextAt, row.Occurrence, row.Attempts, row.AttemptsBeforeReplay, row.Spec)
                { Runner = request.Runner });
                return true;
            });
        }

        return [.. claimed.OrderBy(timer => timer.NextAt)];
    }

    private static IEnumerable<ClaimedTimer> MarkSending(MongoSession session, ClaimedTimer[] timers)
    {
        // An update tells how many rows it changed, not which. Where some were not, a mark of this call's own tells.
        var mark = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));
        using var command = BeginUpdates();
        foreach (var claim in timers.GroupBy(timer => timer.Token))
        {
            command.Document()
                .Document("q"u8)
                    .Document("_id"u8).Uuids("$in"u8, claim.Select(timer => timer.Key)).End()
                    .Int32("state"u8, MongoTimerSchema.Armed)
                    .Int64("claim"u8, claim.Key.Value)
                .End()
                .Document("u"u8).Document("$set"u8).Int32("state"u8, MongoTimerSchema.Sending).Int64("mark"u8, mark).End().End()
                .Boolean("multi"u8, value: true)
                .End();
        }

        var count = session.Write(command.End());
        if (count == timers.Length || count == 0)
        {
            return count == 0 ? [] : timers;
        }

        using var filter = new BsonWriter()
            .Document("_id"u8).Uuids("$in"u8, timers.Select(timer => timer.Key)).End()
            .Int64("mark"u8, mark);
        using var options = new BsonWriter().Document("projection"u8).Int32("claim"u8, 1).End();
        var marked = new HashSet<(Guid Key, long Claim)>();
        session.Find(MongoTimerSchema.Timers, filter, options, row =>
        {
            marked.Add((row.Find("_id"u8).AsUuid(), row.TryFind("claim"u8, out var claim) ? claim.AsInt64() : 0));
            return true;
        });
        return timers.Where(timer => marked.Contains((timer.Key, timer.Token.Value)));
    }

    private static int Purge(MongoSession session, DateTimeOffset finishedBefore, int limit)
    {
        var before = StoredInstants.AtOrAfter(finishedBefore);
        var ranges = MongoTimerSchema.Finished.SelectMany(state => Shard.All.Select(shard => (state, shard)));
        var found = new TimerRanges(session, [.. ranges]).Find(after: -1, before - 1, limit);
        foreach (var chunk in found.Chunk(RowsPerCommand))
        {
            var keys = chunk.Select(row => row.Key).ToList();

            // Attempts first: a purge that ends between the two leaves a timer to be purged again, and never attempts of none.
            Delete(session, MongoTimerSchema.Attempts, filter => filter.Document("_id.timer"u8).Uuids("$in"u8, keys).End());
            Delete(session, MongoTimerSchema.Timers, filter => filter
                .Document("_id"u8).Uuids("$in"u8, keys).End()
                .Document("state"u8).Int32("$gte"u8, MongoTimerSchema.Failed).End()
                .Document("nextAt"u8).Int64("$lt"u8, before).End());
        }

        return found.Count;
    }

    private static void Delete(MongoSession session, string collection, Action<BsonWriter> which)
    {
        using var command = new BsonWriter().String("delete"u8, collection).Array("deletes"u8).Document().Document("q"u8);
        which(command);
        session.Write(command.End().Int32("limit"u8, 0).End().End());
    }

    /// <returns>Whether there may be more.</returns>
    private static bool GiveBackAbandoned(MongoSession session, Guid runner, ClaimToken[] claims, DateTimeOffset now)
    {
        using var filter = new BsonWriter().IsClaimed().Uuid("runner"u8, runner).Document("claim"u8).Array("$in"u8);
        foreach (var claim in claims)
        {
            filter.Int64(default, claim.Value);
        }

        filter.End().End();
        var found = FindClaimed(session, filter);

        // Never sent, so nothing may still arrive; one that is marked as sending was held by somebody after all.
        var given = Settle(session, [.. found.Keys], row => row.State == TimerState.Armed && row.Claim is { } token && claims.Contains(token)
            ? ClaimSettlement.HandedBack(row, token, row.NextAt, now)
            : null);
        return found.Count == RowsPerCommand && given > 0;
    }
}
