using Contracts.Timers;
using Infrastructure.Storage.Mongo.Driver;

namespace Infrastructure.Storage.Mongo.Timers;

/// <content>How claims end: outcomes, hand-backs, and what dead Runners held.</content>
internal sealed partial class MongoTimerStore
{
    public Task RecordAsync(IReadOnlyList<AttemptOutcome> outcomes, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Runner,
            session =>
            {
                foreach (var chunk in outcomes.Chunk(RowsPerCommand))
                {
                    Record(session, chunk);
                }

                return true;
            },
            cancellationToken);

    public Task HandBackAsync(IReadOnlyList<HandBack> timers, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Runner,
            session =>
            {
                foreach (var chunk in timers.Chunk(RowsPerCommand))
                {
                    var byKey = chunk.ToLookup(timer => timer.Key);
                    Settle(session, [.. byKey.Select(timer => timer.Key)], row => byKey[row.Key]
                        .Select(timer => ClaimSettlement.HandedBack(row, timer.Token, timer.NextAt, now))
                        .FirstOrDefault(changed => changed is not null));
                }

                return true;
            },
            cancellationToken);

    /// <remarks>
    /// The claims are looked at before the leases: a lease is stored before its Runner claims, so a claim that is seen has
    /// its lease row there, unless that is over. Nothing is remembered: every claim without a live lease is taken back, each time.
    /// </remarks>
    public async Task<int> ReclaimAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var dead = await connection.RunAsync(
            MongoLane.Runner,
            session =>
            {
                MongoRunnerLeases.ReapLapsed(session, now);
                var runners = FindClaimants(session);
                return runners.Except(MongoRunnerLeases.FindLive(session, runners)).ToList();
            },
            cancellationToken);
        var reclaimed = 0;
        foreach (var runner in dead)
        {
            int step;
            do
            {
                step = await ReclaimAsync(await FindClaimsAsync(runner, cancellationToken), now, cancellationToken);
                reclaimed += step;
            }
            while (step > 0);
        }

        return reclaimed;
    }

    /// <summary>What a Runner holds, up to <see cref="RowsPerCommand"/>.</summary>
    internal Task<Dictionary<Guid, ClaimToken>> FindClaimsAsync(Guid runner, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Runner,
            session =>
            {
                using var filter = new BsonWriter().IsClaimed().Uuid("runner"u8, runner);
                return FindClaimed(session, filter);
            },
            cancellationToken);

    /// <summary>Takes back these claims and no others: by now another reaper may have taken them, and a live Runner may hold the timers.</summary>
    internal async Task<int> ReclaimAsync(Dictionary<Guid, ClaimToken> claims, DateTimeOffset now, CancellationToken cancellationToken) =>
        claims.Count == 0
            ? 0
            : await connection.RunAsync(
                MongoLane.Runner,
                session => Settle(session, [.. claims.Keys], Rule(claims, MongoAttemptRows.ReadAll(session, [.. claims.Keys]), now)),
                cancellationToken);

    private static void Record(MongoSession session, AttemptOutcome[] outcomes)
    {
        // The attempts first: whoever finds the timer's row unchanged finds here what was to become of it.
        WriteAttempts(session, outcomes);
        var byKey = outcomes.ToLookup(outcome => outcome.Key);

        // Read after they were written: of two claims' attempts that end at once, the later one sees the other's success.
        var failed = outcomes.Where(outcome => outcome.State == TimerState.Failed).Select(outcome => outcome.Key).Distinct().ToList();
        var attempts = failed.Count == 0 ? null : MongoAttemptRows.ReadAll(session, failed);
        var there = new HashSet<Guid>();
        Settle(session, [.. byKey.Select(outcome => outcome.Key)], row =>
        {
            there.Add(row.Key);
            var settled = row;
            foreach (var outcome in byKey[row.Key])
            {
                var anySucceeded = attempts is not null && AnySucceeded(attempts[row.Key], outcome.Attempt.Occurrence);
                settled = ClaimSettlement.WithOutcome(settled, outcome, anySucceeded) ?? settled;
            }

            return ReferenceEquals(settled, row) ? null : settled;
        });

        // A timer that was purged meanwhile would leave them behind for ever.
        var gone = byKey.Select(outcome => outcome.Key).Where(key => !there.Contains(key)).ToList();
        if (gone.Count > 0)
        {
            Delete(session, MongoTimerSchema.Attempts, filter => filter.Document("_id.timer"u8).Uuids("$in"u8, gone).End());
        }
    }

    internal static void WriteAttempts(MongoSession session, IEnumerable<AttemptOutcome> outcomes)
    {
        using var command = BeginInsert(MongoTimerSchema.Attempts);
        foreach (var outcome in outcomes)
        {
            MongoAttemptRows.Write(command, outcome);
        }

        session.Write(command.End());
    }

    /// <summary>Reads rows, applies a rule to each, and writes what it gives, each guarded by what was read, until none was overtaken.</summary>
    /// <param name="session">A connection.</param>
    /// <param name="keys">At most <see cref="RowsPerCommand"/>.</param>
    /// <param name="rule">The row as it shall be, or null to leave it; must leave what it has changed before.</param>
    /// <returns>How many were changed.</returns>
    private static int Settle(MongoSession session, List<Guid> keys, Func<TimerRecord, TimerRecord?> rule)
    {
        var settled = 0;
        while (keys.Count > 0)
        {
            var changes = new List<(TimerRecord Read, TimerRecord Changed)>();
            foreach (var row in ReadRows(session, keys, withSpec: false))
            {
                if (rule(row) is { } changed)
                {
                    changes.Add((row, changed));
                }
            }

            if (changes.Count == 0)
            {
                break;
            }

            using var command = BeginUpdates();
            MongoTimerRows.WriteUpdates(command, changes);
            var written = session.Write(command.End());
            settled += written;

            // An update tells how many rows it changed, not which; a second look finds those that were overtaken.
            keys = written == changes.Count ? [] : [.. changes.Select(change => change.Read.Key)];
        }

        return settled;
    }

    private static bool AnySucceeded(IEnumerable<StoredAttempt> attempts, int occurrence) =>
        attempts.Any(stored => stored.Attempt.Occurrence == occurrence && stored.Attempt.Succeeded);

    /// <summary>In whose names timers are claimed: a step from one to the next, however many each holds.</summary>
    private static List<Guid> FindClaimants(MongoSession session)
    {
        var runners = new List<Guid>();
        using var options = new BsonWriter()
            .Document("sort"u8).Int32("runner"u8, 1).End()
            .Document("projection"u8).Int32("runner"u8, 1).End()
            .Int32("limit"u8, 1);
        int found;
        do
        {
            found = runners.Count;
            using var filter = new BsonWriter().IsClaimed();
            if (runners is [.., var last])
            {
                filter.Document("runner"u8).Uuid("$gt"u8, last).End();
            }

            session.Find(MongoTimerSchema.Timers, filter, options, row =>
            {
                runners.Add(row.Find("runner"u8).AsUuid());
                return true;
            });
        }
        while (runners.Count > found);

        return runners;
    }

    /// <summary>What becomes of a dead Runner's timer, by its attempts.</summary>
    private static Func<TimerRecord, TimerRecord?> Rule(
        Dictionary<Guid, ClaimToken> claims, ILookup<Guid, StoredAttempt> attempts, DateTimeOffset now) => row =>
    {
        if (row.Claim is not { } token || token != claims[row.Key] || !TimerLifecycle.IsClaimed(row.State))
        {
            return null;
        }

        var ofOccurrence = attempts[row.Key].Where(stored => stored.Attempt.Occurrence == row.Occurrence).ToList();
        var anySucceeded = ofOccurrence.Exists(stored => stored.Attempt.Succeeded);
        if (ofOccurrence.FindLast(stored => stored.Token == token) is { } ended)
        {
            // It got as far as the attempt's row: that says what the timer's row was to become.
            return ClaimSettlement.WithOutcome(row, new AttemptOutcome(row.Key, token, ended.Attempt, ended.State, ended.NextAt), anySucceeded);
        }

        if (ofOccurrence.FindLast(stored => stored.Attempt.Succeeded) is { } success)
        {
            // An earlier claim's success that came when this one was under way.
            return ClaimSettlement.WithOutcome(
                row, new AttemptOutcome(row.Key, token, success.Attempt, TimerState.Succeeded, success.NextAt), anySucceeded);
        }

        var highest = ofOccurrence.Select(stored => stored.Attempt.Number).DefaultIfEmpty(0).Max();
        return ClaimSettlement.Reclaimed(row with { Attempts = Math.Max(row.Attempts, highest) }, now);
    };

    /// <summary>Claimed timers and their claims, up to <see cref="RowsPerCommand"/>.</summary>
    private static Dictionary<Guid, ClaimToken> FindClaimed(MongoSession session, BsonWriter filter)
    {
        var claims = new Dictionary<Guid, ClaimToken>();
        using var options = new BsonWriter()
            .Document("projection"u8).Int32("claim"u8, 1).End()
            .Int32("limit"u8, RowsPerCommand)
            .Int32("batchSize"u8, RowsPerCommand + 1);
        session.Find(MongoTimerSchema.Timers, filter, options, row =>
        {
            claims.Add(row.Find("_id"u8).AsUuid(), new ClaimToken(row.Find("claim"u8).AsInt64()));
            return true;
        });
        return claims;
    }
}
