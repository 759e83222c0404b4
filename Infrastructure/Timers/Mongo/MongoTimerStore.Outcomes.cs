using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;

namespace Infrastructure.Timers.Mongo;

/// <content>How claims end: outcomes, hand-backs, and claims of dead Runners.</content>
internal sealed partial class MongoTimerStore
{
    private static readonly BsonDocument RunnerOnly = new("runner", 1);

    public Task RecordAsync(IReadOnlyList<AttemptOutcome> outcomes, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Runner,
            async rows =>
            {
                foreach (var chunk in outcomes.Chunk(RowsPerCommand))
                {
                    await RecordAsync(rows, chunk);
                }

                return true;
            },
            cancellationToken);

    public Task HandBackAsync(IReadOnlyList<HandBack> timers, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Runner,
            async rows =>
            {
                foreach (var chunk in timers.Chunk(RowsPerCommand))
                {
                    var byKey = chunk.ToLookup(timer => timer.Key);
                    await SettleAsync(rows, [.. byKey.Select(timer => timer.Key)], row => byKey[row.Key]
                        .Select(timer => ClaimSettlement.HandedBack(row, timer.Token, timer.NextAt, now))
                        .FirstOrDefault(changed => changed is not null));
                }

                return true;
            },
            cancellationToken);

    /// <remarks>
    /// The claims are looked at before the leases: a lease is stored before its Runner claims, so a claim that is seen has
    /// its lease row there, unless that is over. Nothing is remembered: every claim without a live lease is taken back, each time.
    /// Pages of outcomes likewise; those of a Runner come first, since they end claims that would else be sent again.
    /// </remarks>
    public async Task<int> ReclaimAsync(DateTimeOffset now, ISet<string>? tenants, CancellationToken cancellationToken)
    {
        var dead = await connection.RunAsync(
            MongoLane.Runner,
            async rows =>
            {
                await MongoRunnerLeases.ReapLapsedAsync(rows, now);
                List<Guid> runners = [.. (await FindClaimantsAsync(rows)).Union(await MongoOutcomePages.FindRunnersAsync(rows))];
                return runners.Except(await MongoRunnerLeases.FindLiveAsync(rows, runners)).ToList();
            },
            cancellationToken);
        var reclaimed = 0;
        foreach (var runner in dead)
        {
            await RecordPagesAsync(runner, tenants, cancellationToken);
            int step;
            do
            {
                step = await ReclaimAsync(await FindClaimsAsync(runner, cancellationToken), now, tenants, cancellationToken);
                reclaimed += step;
            }
            while (step > 0);
        }

        return reclaimed;
    }

    private async Task RecordPagesAsync(Guid runner, ISet<string>? tenants, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (ids, outcomes) = await connection.RunAsync(
                MongoLane.Runner, rows => MongoOutcomePages.ReadAsync(rows, runner), cancellationToken);
            if (ids.Count == 0)
            {
                return;
            }

            tenants?.UnionWith(outcomes.Select(outcome => outcome.Tenant));
            await RecordOrReportAsync(outcomes, cancellationToken);
            await connection.RunAsync(MongoLane.Runner, rows => MongoOutcomePages.RemoveAsync(rows, ids), cancellationToken);
        }
    }

    /// <summary>
    /// One that the database refuses must not hold up the others. It is tried without what its receiver answered, most likely the reason.
    /// </summary>
    private async Task RecordOrReportAsync(List<AttemptOutcome> outcomes, CancellationToken cancellationToken)
    {
        try
        {
            await RecordAsync(outcomes, cancellationToken);
        }
#pragma warning disable CA1031 // If all else fails its webhook goes again, which is what happens to every claim without an outcome.
        catch (Exception error) when (error is not (StoreUnavailableException or OperationCanceledException))
#pragma warning restore CA1031
        {
            if (outcomes.Count == 1)
            {
                if (outcomes[0].Attempt is { Response.Length: > 0 } or { Error: not (null or AttemptOutcome.NoReason) })
                {
                    await RecordOrReportAsync([outcomes[0].Bare()], cancellationToken);
                    return;
                }

                connection.Damage.Add($"The outcome of timer {outcomes[0].Key} that was kept cannot be stored: {error.Message}");
                return;
            }

            foreach (var outcome in outcomes)
            {
                await RecordOrReportAsync([outcome], cancellationToken);
            }
        }
    }

    /// <summary>What a Runner holds, up to <see cref="RowsPerCommand"/>.</summary>
    internal Task<Dictionary<Guid, ClaimToken>> FindClaimsAsync(Guid runner, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Runner,
            rows => FindClaimedAsync(rows, MongoTimerSchema.IsClaimed().Add("runner", MongoBson.Uuid(runner))),
            cancellationToken);

    /// <summary>
    /// Takes back these claims and no others: by now another reaper may have taken them, and a live Runner may hold the timers.
    /// </summary>
    internal async Task<int> ReclaimAsync(
        Dictionary<Guid, ClaimToken> claims, DateTimeOffset now, ISet<string>? tenants, CancellationToken cancellationToken) =>
        claims.Count == 0
            ? 0
            : await connection.RunAsync(
                MongoLane.Runner,
                async rows =>
                {
                    var damaged = new List<Guid>();
                    var rule = Rule(claims, await MongoAttemptRows.ReadAllAsync(rows, [.. claims.Keys]), now);
                    var settled = await SettleAsync(rows, [.. claims.Keys], rule, damaged, tenants);
                    await SetAsideAsync(rows, damaged);
                    return settled;
                },
                cancellationToken);

    private static async Task RecordAsync(MongoRows rows, AttemptOutcome[] outcomes)
    {
        // The attempts first: if the timer's row is unchanged, the attempt says what it was to become.
        await WriteAttemptsAsync(rows, outcomes);
        var byKey = outcomes.ToLookup(outcome => outcome.Key);

        // Read after they were written: of two claims' attempts that end at once, the later one sees the other's success.
        var failed = outcomes.Where(outcome => outcome.State == TimerState.Failed).Select(outcome => outcome.Key).Distinct().ToList();
        var attempts = failed.Count == 0 ? null : await MongoAttemptRows.ReadAllAsync(rows, failed);
        var there = new HashSet<Guid>();
        var damaged = new List<Guid>();
        await SettleAsync(rows, [.. byKey.Select(outcome => outcome.Key)], row =>
        {
            there.Add(row.Key);
            var settled = row;
            foreach (var outcome in byKey[row.Key])
            {
                var anySucceeded = attempts is not null && AnySucceeded(attempts[row.Key], outcome.Attempt.Occurrence);
                settled = ClaimSettlement.WithOutcome(settled, outcome, anySucceeded) ?? settled;
            }

            return ReferenceEquals(settled, row) ? null : settled;
        }, damaged);

        // If the timer was purged meanwhile, they would be orphaned.
        there.UnionWith(damaged);
        var gone = byKey.Select(outcome => outcome.Key).Where(key => !there.Contains(key)).ToList();
        if (gone.Count > 0)
        {
            await rows.DeleteAsync(MongoTimerSchema.Attempts, new BsonDocument("_id.timer", MongoBson.In(gone)));
        }
    }

    internal static Task<long> WriteAttemptsAsync(MongoRows rows, IEnumerable<AttemptOutcome> outcomes) =>
        rows.InsertAsync(MongoTimerSchema.Attempts, [.. outcomes.Select(outcome => new NewAttemptRow(outcome))]);

    /// <summary>
    /// Reads rows, applies a rule to each, and writes what it gives, each guarded by what was read, until none was overtaken.
    /// </summary>
    /// <param name="rows">The rows of the database, with its time-outs.</param>
    /// <param name="keys">At most <see cref="RowsPerCommand"/>.</param>
    /// <param name="rule">The row as it shall be, or null to leave it; must leave what it has changed before.</param>
    /// <param name="damaged">Gets the keys of those that cannot be read, if given.</param>
    /// <param name="tenants">Gets the tenants whose rows are changed, if given.</param>
    /// <returns>How many were changed.</returns>
    private static async Task<int> SettleAsync(
        MongoRows rows, List<Guid> keys, Func<TimerRecord, TimerRecord?> rule, List<Guid>? damaged = null, ISet<string>? tenants = null)
    {
        var settled = 0;
        while (keys.Count > 0)
        {
            var changes = new List<(TimerRecord Read, TimerRecord Changed)>();
            var read = await ReadRowsAsync(rows, keys, withSpec: false);
            damaged?.AddRange(read.Damaged);
            foreach (var row in read.Whole)
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

            tenants?.UnionWith(changes.Select(change => change.Changed.Tenant));
            var written = (int)await rows.UpdateAsync(MongoTimerSchema.Timers, TimerUpdates.Of(changes));
            settled += written;

            // An update tells how many rows it changed, not which; a second read finds those that were overtaken.
            keys = written == changes.Count ? [] : [.. changes.Select(change => change.Read.Key)];
        }

        return settled;
    }

    private static bool AnySucceeded(IEnumerable<StoredAttempt> attempts, int occurrence) =>
        attempts.Any(stored => stored.Attempt.Occurrence == occurrence && stored.Attempt.Succeeded);

    /// <summary>The names that timers are claimed under: one step per name, however many timers each holds.</summary>
    private static async Task<List<Guid>> FindClaimantsAsync(MongoRows rows)
    {
        var runners = new List<Guid>();
        var next = new MongoFind(RunnerOnly, Sort: RunnerOnly, Limit: 1);
        int found;
        do
        {
            found = runners.Count;
            var filter = MongoTimerSchema.IsClaimed();
            if (runners is [.., var last])
            {
                filter.Add("runner", new BsonDocument("$gt", MongoBson.Uuid(last)));
            }

            runners.AddRange((await rows.FindAsync(MongoTimerSchema.Timers, filter, next)).Select(row => row["runner"].AsUuid()));
        }
        while (runners.Count > found);

        return runners;
    }

    /// <summary>The new state of a dead Runner's timer, judging by its attempts.</summary>
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
            return ClaimSettlement.WithOutcome(
                row, new AttemptOutcome(row.Key, token, ended.Attempt, ended.State, ended.NextAt), anySucceeded);
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
    private static async Task<Dictionary<Guid, ClaimToken>> FindClaimedAsync(MongoRows rows, BsonDocument filter)
    {
        var find = new MongoFind(ClaimOnly, Limit: RowsPerCommand, BatchSize: RowsPerCommand + 1);
        var found = await rows.FindAsync(MongoTimerSchema.Timers, filter, find);
        return found.ToDictionary(row => row["_id"].AsUuid(), row => new ClaimToken(row["claim"].ToInt64()));
    }
}
