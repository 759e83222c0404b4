using Contracts.Common;
using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Timers.Mongo;

/// <summary>Updates that change rows only if they are still as they were read.</summary>
internal static class TimerUpdates
{
    /// <summary>Maximum rows per statement: even a server that scans the list for each of them then spends little on it.</summary>
    private const int MaxAlike = 50;

    /// <summary>The update of one row.</summary>
    /// <param name="read">The row as it was read.</param>
    /// <param name="changed">The row as it should become; only what differs is written.</param>
    /// <param name="spec">The new spec as it is stored; null to keep it.</param>
    public static UpdateOneModel<BsonDocument> Of(TimerRecord read, TimerRecord changed, byte[]? spec = null)
    {
        // Never empty, even if nothing else differs.
        var set = new BsonDocument("version", changed.Version);
        Set("state", MongoTimerSchema.ToCode(read.State), MongoTimerSchema.ToCode(changed.State));
        if (changed.Fingerprint is { } print && changed.Fingerprint != read.Fingerprint)
        {
            set.Add("fingerprint", print);
        }

        SetInstant("nextAt", read.NextAt, changed.NextAt);
        SetInstant("dueAt", read.DueAt, changed.DueAt);
        Set("occurrence", read.Occurrence, changed.Occurrence);
        Set("attempts", read.Attempts, changed.Attempts);
        Set("attemptsBeforeReplay", read.AttemptsBeforeReplay, changed.AttemptsBeforeReplay);
        Set("pending", (int)read.Pending, (int)changed.Pending);
        if (read.MayStillArrive != changed.MayStillArrive)
        {
            set.Add("mayStillArrive", changed.MayStillArrive);
        }

        if (changed.Claim is { } token && changed.Claim != read.Claim)
        {
            set.Add("claim", token.Value);
        }

        var unset = new BsonDocument();
        if (read.Fingerprint is not null && changed.Fingerprint is null)
        {
            unset.Add("fingerprint", 1);
        }

        if (read.Claim is not null && changed.Claim is null)
        {
            unset.Add("claim", 1).Add("runner", 1);
        }

        if (changed.ExpiresAt is { } expiry)
        {
            SetInstant("expiresAt", read.ExpiresAt ?? DateTimeOffset.MinValue, expiry);
        }
        else if (read.ExpiresAt is not null)
        {
            unset.Add("expiresAt", 1);
        }

        if (spec is not null)
        {
            set.Add("park", changed.Spec.OnAmbiguous == AmbiguousPolicy.Park).Add("size", spec.Length).Add("spec", spec);
            if (changed.Spec.Tags is { Count: > 0 } tags)
            {
                set.Add("tags", new BsonArray(tags));
            }
            else
            {
                unset.Add("tags", 1);
            }
        }

        var update = new BsonDocument("$set", set);
        if (unset.ElementCount > 0)
        {
            update.Add("$unset", unset);
        }

        return new UpdateOneModel<BsonDocument>(Guarded(MongoBson.Uuid(read.Key), read), update);

        void Set(string name, int before, int after)
        {
            if (before != after)
            {
                set.Add(name, after);
            }
        }

        void SetInstant(string name, DateTimeOffset before, DateTimeOffset after)
        {
            if (before != after)
            {
                set.Add(name, StoredInstants.ToMilliseconds(after));
            }
        }
    }

    /// <summary>The updates of several rows, in as few statements as their similarities allow.</summary>
    /// <remarks>
    /// Rows that were alike and become alike except for <c>nextAt</c>, as most of a batch of outcomes do, share a statement that looks up
    /// their instants: one statement per row costs several times as much. The guards are the same as for single rows.
    /// </remarks>
    public static IReadOnlyCollection<WriteModel<BsonDocument>> Of(IEnumerable<(TimerRecord Read, TimerRecord Changed)> changes)
    {
        var updates = new List<WriteModel<BsonDocument>>();
        foreach (var alike in changes.GroupBy(
            change => (Common(change.Read), Common(change.Changed), IsPlain(change.Read, change.Changed))))
        {
            foreach (var chunk in alike.Chunk(alike.Key.Item3 ? MaxAlike : 1))
            {
                updates.Add(chunk.Length == 1 ? Of(chunk[0].Read, chunk[0].Changed) : OfAlike(chunk));
            }
        }

        return updates;
    }

    /// <summary>The guard of a row, and the fields that the end of a claim writes, except <c>nextAt</c>.</summary>
    private static (TimerState, long, int, PendingCommand, bool, ClaimToken?) Common(TimerRecord row) =>
        (row.State, row.Version, row.Attempts, row.Pending, row.MayStillArrive, row.Claim);

    /// <summary>Whether nothing else changes and no new claim begins.</summary>
    private static bool IsPlain(TimerRecord read, TimerRecord changed) =>
        (read.DueAt, read.ExpiresAt, read.Occurrence, read.AttemptsBeforeReplay)
            == (changed.DueAt, changed.ExpiresAt, changed.Occurrence, changed.AttemptsBeforeReplay)
        && (changed.Claim is null || changed.Claim == read.Claim);

    private static UpdateManyModel<BsonDocument> OfAlike((TimerRecord Read, TimerRecord Changed)[] changes)
    {
        var (read, changed) = changes[0];
        var keys = MongoBson.Uuids(changes.Select(change => change.Read.Key));

        // An aggregation pipeline, since only that can choose a value per row. All numbers and UUIDs in it are constants.
        var set = new BsonDocument
        {
            { "version", changed.Version },
            { "state", MongoTimerSchema.ToCode(changed.State) },
            { "attempts", changed.Attempts },
            { "pending", (int)changed.Pending },
            { "mayStillArrive", changed.MayStillArrive },
            { "nextAt", NextAt(changes, keys) },
        };
        List<BsonDocument> stages = [new BsonDocument("$set", set)];
        if (changed.Claim is null)
        {
            stages.Add(new BsonDocument("$unset", new BsonArray { "claim", "runner" }));
        }

        return new UpdateManyModel<BsonDocument>(
            Guarded(new BsonDocument("$in", keys), read), Builders<BsonDocument>.Update.Pipeline(stages));
    }

    private static BsonValue NextAt((TimerRecord Read, TimerRecord Changed)[] changes, BsonArray keys)
    {
        var first = changes[0].Changed.NextAt;
        if (Array.TrueForAll(changes, change => change.Changed.NextAt == first))
        {
            return StoredInstants.ToMilliseconds(first);
        }

        var instants = new BsonArray(changes.Select(change => StoredInstants.ToMilliseconds(change.Changed.NextAt)));
        return new BsonDocument(
            "$arrayElemAt", new BsonArray { instants, new BsonDocument("$indexOfArray", new BsonArray { keys, "$_id" }) });
    }

    /// <summary>Leaves of a row what has to be remembered of an erased timer.</summary>
    /// <param name="read">The row as it was read.</param>
    /// <param name="at">Creates up to this instant are of before.</param>
    public static ReplaceOneModel<BsonDocument> Erase(TimerRecord read, DateTimeOffset at)
    {
        var left = new BsonDocument
        {
            { "_id", MongoBson.Uuid(read.Key) },

            // Of no tenant, so that listings do not come across it.
            { "tenant", string.Empty },
            { "state", MongoTimerSchema.Erased },
            { "shard", Shard.Of(read.Key) },
            { "nextAt", StoredInstants.ToMilliseconds(Instants.CeilingToMilliseconds(at)) },
            { "createdAt", StoredInstants.ToTicks(at > read.CreatedAt ? at : read.CreatedAt) },
            { "occurrence", read.Occurrence },
        };
        return new ReplaceOneModel<BsonDocument>(Guarded(MongoBson.Uuid(read.Key), read), left);
    }

    /// <summary>Matches the row only as it was read: nobody has changed, claimed, freed or commanded it since.</summary>
    private static BsonDocument Guarded(BsonValue id, TimerRecord read) => new()
    {
        { "_id", id },
        { "state", MongoTimerSchema.ToCode(read.State) },
        { "version", read.Version },
        { "pending", (int)read.Pending },
        { "claim", read.Claim is { } token ? (BsonValue)token.Value : BsonNull.Value },
    };
}
