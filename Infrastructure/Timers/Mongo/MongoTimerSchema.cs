using Contracts.Common;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;

namespace Infrastructure.Timers.Mongo;

/// <summary>Collections, state codes and indexes of the timers; docs/data-model.md draws them.</summary>
internal static class MongoTimerSchema
{
    public const string Timers = "timers";
    public const string Attempts = "attempts";
    public const string Outcomes = "outcomes";
    public const string Leases = "leases";
    public const string Leader = "leader";
    public const string Counters = "counters";

    // So numbered that what an index holds is one range: claimed 4 to 5, listed by state 6 to 9, finished from 8 on. Those that have
    // expired came last, and have an index of their own.
    // Partial indexes take a range in every release; $in they take from MongoDB 6 on.
    public const int Scheduled = 2;
    public const int Armed = 4;
    public const int Sending = 5;
    public const int Paused = 6;
    public const int Ambiguous = 7;
    public const int Failed = 8;
    public const int Cancelled = 9;
    public const int Succeeded = 10;
    public const int Expired = 11;

    /// <summary>Could not be read when it fell due: set aside, so that it holds up no other. A person has to look at it.</summary>
    public const int Damaged = 0;

    /// <summary>
    /// Of a timer that was erased: only its key is left, with the instant (<c>createdAt</c>) before which creates are of before, and the
    /// last occurrence. It holds the key's place, so that one command decides about a create that the log gives again.
    /// </summary>
    public const int Erased = 1;

    private const int IndexNotFound = 27;

    /// <summary>Of releases without tenants.</summary>
    private static readonly string[] FormerIndexes = ["due", "listed", "listedByState", "listedByTag"];

    /// <summary>Codes of finished timers.</summary>
    public static readonly int[] Finished = [Failed, Cancelled, Succeeded, Expired];

    /// <summary>Codes of what the purge deletes.</summary>
    public static readonly int[] Purged = [Erased, .. Finished];

    /// <summary>True for states that few timers are in, so that listing one of them must not read all the others.</summary>
    public static bool IsRare(TimerState state) =>
        state is TimerState.Paused or TimerState.Ambiguous or TimerState.Failed or TimerState.Cancelled or TimerState.Expired;

    public static int ToCode(TimerState state) => state switch
    {
        TimerState.Scheduled => Scheduled,
        TimerState.Armed => Armed,
        TimerState.Sending => Sending,
        TimerState.Paused => Paused,
        TimerState.Ambiguous => Ambiguous,
        TimerState.Failed => Failed,
        TimerState.Cancelled => Cancelled,
        TimerState.Expired => Expired,
        _ => Succeeded,
    };

    public static TimerState ToState(int code) => code switch
    {
        Scheduled => TimerState.Scheduled,
        Armed => TimerState.Armed,
        Sending => TimerState.Sending,
        Paused => TimerState.Paused,
        Ambiguous => TimerState.Ambiguous,
        Failed => TimerState.Failed,
        Cancelled => TimerState.Cancelled,
        Succeeded => TimerState.Succeeded,
        Expired => TimerState.Expired,
        Damaged => throw new InvalidOperationException("It was found damaged when it fell due, and set aside."),
        _ => throw new InvalidOperationException($"The stored state {code} is unknown."),
    };

    /// <summary>Codes of timers that are not damaged.</summary>
    public static BsonDocument AnyState => Range(Scheduled, Expired);

    /// <summary>Conditions that a query must name for the partial index on claimed timers to serve it.</summary>
    public static BsonDocument IsClaimed() => new("state", Range(Armed, Sending));

    /// <summary>What a document's <c>tenant</c> has to equal: null, which a missing field equals too, for the default tenant.</summary>
    public static BsonValue TenantOf(string tenant) => tenant == Tenant.Default ? BsonNull.Value : tenant;

    /// <summary>Writes whose document it is; of the default tenant nothing, as releases without tenants did.</summary>
    public static void WriteTenant(IBsonWriter writer, string tenant)
    {
        if (tenant != Tenant.Default)
        {
            writer.WriteString("tenant", tenant);
        }
    }

    /// <summary>Makes what is missing; what is there already is left alone.</summary>
    /// <remarks>One command each: where making one takes longer than a time-out, the next attempt goes on from there.</remarks>
    public static async Task<bool> CreateIndexesAsync(MongoRows rows)
    {
        // One index over all serves claims, the purge and the counts; each change of state moves one entry of it. The tenant stands
        // last: Runners claim for all tenants in due order, and the counts per tenant are read from the index alone.
        await CreateAsync(rows, Timers, "dueOfAll", new BsonDocument { { "state", 1 }, { "shard", 1 }, { "nextAt", 1 }, { "tenant", 1 } });
        await CreateAsync(rows, Timers, "claimed", new BsonDocument { { "runner", 1 }, { "claim", 1 } }, IsClaimed());
        var listed = new BsonDocument { { "createdAt", -1 }, { "_id", -1 } };
        await CreateAsync(rows, Timers, "tenantListed", OfTenant([], listed));
        await CreateAsync(
            rows,
            Timers,
            "tenantListedByState",
            OfTenant(new BsonDocument("state", 1), listed),
            new BsonDocument("state", Range(Paused, Cancelled)));
        await CreateAsync(
            rows,
            Timers,
            "tenantListedExpired",
            OfTenant(new BsonDocument("state", 1), listed),
            new BsonDocument("state", Expired));
        await CreateAsync(
            rows,
            Timers,
            "expiring",
            new BsonDocument("expiresAt", 1),
            new BsonDocument { { "state", Paused }, { "expiresAt", new BsonDocument("$exists", true) } });
        await CreateAsync(
            rows,
            Timers,
            "tenantListedByTag",
            OfTenant(new BsonDocument("tags", 1), listed),
            new BsonDocument("tags", new BsonDocument("$exists", true)));
        await CreateAsync(rows, Attempts, "timer", new BsonDocument("_id.timer", 1));
        return true;
    }

    /// <summary>Drops the indexes that releases without tenants had in place of these. Only once these are made.</summary>
    /// <remarks>Producers do it, which an upgrade replaces last: those of before need them to list.</remarks>
    public static async Task<bool> DropFormerIndexesAsync(MongoRows rows)
    {
        var indexes = rows.Collection(Timers).Indexes;
        var there = (await (await indexes.ListAsync()).ToListAsync()).Select(index => index["name"].AsString).ToHashSet();
        foreach (var name in FormerIndexes.Where(there.Contains))
        {
            try
            {
                await indexes.DropOneAsync(name);
            }
            catch (MongoCommandException failure) when (failure.Code == IndexNotFound)
            {
                // Another Producer has dropped it in the same moment.
            }
        }

        return true;
    }

    private static BsonDocument OfTenant(BsonDocument by, BsonDocument listed) =>
        new BsonDocument("tenant", 1).AddRange(by).AddRange(listed);

    private static BsonDocument Range(int first, int last) => new() { { "$gte", first }, { "$lte", last } };

    private static Task<string> CreateAsync(MongoRows rows, string collection, string name, BsonDocument key, BsonDocument? only = null) =>
        rows.Collection(collection).Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(
            key,
            new CreateIndexOptions<BsonDocument>
            { Name = name, PartialFilterExpression = only is null ? null : new BsonDocumentFilterDefinition<BsonDocument>(only) }));
}
