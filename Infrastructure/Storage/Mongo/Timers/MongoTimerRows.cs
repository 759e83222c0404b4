using Contracts.Timers;
using Infrastructure.Storage.Mongo.Driver;
using Infrastructure.Timers;

namespace Infrastructure.Storage.Mongo.Timers;

/// <summary>Between timers' documents and records.</summary>
internal static class MongoTimerRows
{
    /// <summary>Writes the document that a create makes, into an array of documents.</summary>
    public static void WriteNew(BsonWriter documents, TimerScheduled created, byte[] spec)
    {
        var due = StoredInstants.ToMilliseconds(created.DueAt);
        documents.Document()
            .Uuid("_id"u8, created.TimerId)
            .Int32("state"u8, MongoTimerSchema.Scheduled)
            .Int32("shard"u8, Shard.Of(created.TimerId))
            .Int64("nextAt"u8, due)
            .Int64("dueAt"u8, due)
            .Int64("createdAt"u8, StoredInstants.ToTicks(created.CreatedAt))
            .Int64("version"u8, 1)
            .Int32("occurrence"u8, 1)
            .Int32("attempts"u8, 0)
            .Int32("attemptsBeforeReplay"u8, 0)
            .Int32("pending"u8, 0)
            .Boolean("mayStillArrive"u8, value: false);
        if (created.Fingerprint is { } fingerprint)
        {
            documents.Int64("fingerprint"u8, fingerprint);
        }

        WriteSpec(documents, created.Spec, spec);
        documents.End();
    }

    /// <summary>A spec with what is kept beside it for indexes, bounds and the rules of claims, which all do without reading it.</summary>
    private static void WriteSpec(BsonWriter document, TimerSpec spec, byte[] json)
    {
        document.Boolean("park"u8, spec.OnAmbiguous == AmbiguousPolicy.Park).Int32("size"u8, json.Length).Binary("spec"u8, json);
        if (spec.Tags is { Count: > 0 } tags)
        {
            document.Array("tags"u8);
            foreach (var tag in tags)
            {
                document.String(default, tag);
            }

            document.End();
        }
    }

    /// <param name="document">A whole document, or one without its spec.</param>
    public static TimerRecord Read(BsonDocument document)
    {
        Guid key = default;
        long nextAt = 0, dueAt = 0, createdAt = 0, version = 0;
        long? claim = null, fingerprint = null;
        int state = 0, occurrence = 0, attempts = 0, attemptsBeforeReplay = 0, pending = 0;
        var mayStillArrive = false;
        var park = false;
        TimerSpec? spec = null;
        foreach (var field in document)
        {
            switch (field.Name)
            {
                case var name when name.SequenceEqual("_id"u8): key = field.AsUuid(); break;
                case var name when name.SequenceEqual("state"u8): state = field.AsInt32(); break;
                case var name when name.SequenceEqual("nextAt"u8): nextAt = field.AsInt64(); break;
                case var name when name.SequenceEqual("dueAt"u8): dueAt = field.AsInt64(); break;
                case var name when name.SequenceEqual("createdAt"u8): createdAt = field.AsInt64(); break;
                case var name when name.SequenceEqual("claim"u8): claim = field.AsInt64(); break;
                case var name when name.SequenceEqual("version"u8): version = field.AsInt64(); break;
                case var name when name.SequenceEqual("occurrence"u8): occurrence = field.AsInt32(); break;
                case var name when name.SequenceEqual("attempts"u8): attempts = field.AsInt32(); break;
                case var name when name.SequenceEqual("attemptsBeforeReplay"u8): attemptsBeforeReplay = field.AsInt32(); break;
                case var name when name.SequenceEqual("pending"u8): pending = field.AsInt32(); break;
                case var name when name.SequenceEqual("mayStillArrive"u8): mayStillArrive = field.AsInt64() != 0; break;
                case var name when name.SequenceEqual("fingerprint"u8): fingerprint = field.AsInt64(); break;
                case var name when name.SequenceEqual("park"u8): park = field.AsInt64() != 0; break;
                case var name when name.SequenceEqual("spec"u8): spec = StoredSpec.Read(field.AsBinary()); break;
                default: break;
            }
        }

        return new TimerRecord
        {
            Key = key,
            State = MongoTimerSchema.ToState(state),
            NextAt = StoredInstants.FromMilliseconds(nextAt),
            DueAt = StoredInstants.FromMilliseconds(dueAt),
            CreatedAt = StoredInstants.FromTicks(createdAt),
            Claim = claim is { } token ? new ClaimToken(token) : null,
            Version = version,
            Occurrence = occurrence,
            Attempts = attempts,
            AttemptsBeforeReplay = attemptsBeforeReplay,
            Pending = (PendingCommand)pending,
            MayStillArrive = mayStillArrive,
            Fingerprint = fingerprint,
            Spec = spec ?? (park ? StoredSpec.UnreadParked : StoredSpec.Unread),
        };
    }

    /// <summary>Writes the update that turns a row into another one, if it still is what was read; into an array of updates.</summary>
    /// <param name="updates">The array.</param>
    /// <param name="read">As it was read.</param>
    /// <param name="changed">As it shall be; only what differs is written.</param>
    /// <param name="spec">The new spec; null to keep it.</param>
    public static void WriteUpdate(BsonWriter updates, TimerRecord read, TimerRecord changed, byte[]? spec = null)
    {
        var freed = read.Claim is not null && changed.Claim is null;
        updates.Document().Document("q"u8).Uuid("_id"u8, read.Key);
        WriteGuard(updates, read);
        updates.End().Document("u"u8).Document("$set"u8);

        // Never empty, whatever is the same.
        updates.Int64("version"u8, changed.Version);
        Write("state"u8, MongoTimerSchema.ToCode(read.State), MongoTimerSchema.ToCode(changed.State), updates);
        Write("nextAt"u8, read.NextAt, changed.NextAt, updates);
        Write("dueAt"u8, read.DueAt, changed.DueAt, updates);
        Write("occurrence"u8, read.Occurrence, changed.Occurrence, updates);
        Write("attempts"u8, read.Attempts, changed.Attempts, updates);
        Write("attemptsBeforeReplay"u8, read.AttemptsBeforeReplay, changed.AttemptsBeforeReplay, updates);
        Write("pending"u8, (int)read.Pending, (int)changed.Pending, updates);
        if (read.MayStillArrive != changed.MayStillArrive)
        {
            updates.Boolean("mayStillArrive"u8, changed.MayStillArrive);
        }

        if (changed.Claim is { } token && changed.Claim != read.Claim)
        {
            updates.Int64("claim"u8, token.Value);
        }

        if (spec is not null)
        {
            WriteSpec(updates, changed.Spec, spec);
        }

        updates.End();
        var untagged = spec is not null && changed.Spec.Tags is not { Count: > 0 };
        if (freed || untagged)
        {
            updates.Document("$unset"u8);
            if (freed)
            {
                updates.Int32("claim"u8, 1).Int32("runner"u8, 1);
            }

            if (untagged)
            {
                updates.Int32("tags"u8, 1);
            }

            updates.End();
        }

        updates.End().End();
    }

    /// <summary>Writes the updates of several rows, in as few statements as what they have in common allows.</summary>
    /// <remarks>
    /// Rows that were alike and become alike but for <c>nextAt</c>, as most of a batch of outcomes do, share a statement that
    /// looks their instants up: a statement a row costs several times as much. Guards are the same as those of one row.
    /// </remarks>
    public static void WriteUpdates(BsonWriter updates, IEnumerable<(TimerRecord Read, TimerRecord Changed)> changes)
    {
        foreach (var alike in changes.GroupBy(change => (Common(change.Read), Common(change.Changed), IsPlain(change.Read, change.Changed))))
        {
            foreach (var chunk in alike.Chunk(alike.Key.Item3 ? MostAlike : 1))
            {
                if (chunk.Length == 1)
                {
                    WriteUpdate(updates, chunk[0].Read, chunk[0].Changed);
                }
                else
                {
                    WriteAlike(updates, chunk);
                }
            }
        }
    }

    /// <summary>Rows of one statement: a server that looks through the list for each of them still spends little on it.</summary>
    private const int MostAlike = 50;

    /// <summary>What guards a row, and what of it the end of a claim writes, but for <c>nextAt</c>.</summary>
    private static (TimerState, long, int, PendingCommand, bool, ClaimToken?) Common(TimerRecord row) =>
        (row.State, row.Version, row.Attempts, row.Pending, row.MayStillArrive, row.Claim);

    /// <summary>Nothing else changes, and no new claim begins.</summary>
    private static bool IsPlain(TimerRecord read, TimerRecord changed) =>
        (read.DueAt, read.Occurrence, read.AttemptsBeforeReplay) == (changed.DueAt, changed.Occurrence, changed.AttemptsBeforeReplay)
        && (changed.Claim is null || changed.Claim == read.Claim);

    private static void WriteAlike(BsonWriter updates, (TimerRecord Read, TimerRecord Changed)[] changes)
    {
        var (read, changed) = changes[0];
        updates.Document().Document("q"u8).Document("_id"u8).Uuids("$in"u8, changes.Select(change => change.Read.Key)).End();
        WriteGuard(updates, read);

        // A pipeline, since only that can choose a value by the row. All numbers and UUIDs in it are constants.
        updates.End().Array("u"u8).Document().Document("$set"u8)
            .Int64("version"u8, changed.Version)
            .Int32("state"u8, MongoTimerSchema.ToCode(changed.State))
            .Int32("attempts"u8, changed.Attempts)
            .Int32("pending"u8, (int)changed.Pending)
            .Boolean("mayStillArrive"u8, changed.MayStillArrive);
        if (changes.All(change => change.Changed.NextAt == changed.NextAt))
        {
            updates.Int64("nextAt"u8, StoredInstants.ToMilliseconds(changed.NextAt));
        }
        else
        {
            updates.Document("nextAt"u8).Array("$arrayElemAt"u8).Array();
            foreach (var change in changes)
            {
                updates.Int64(default, StoredInstants.ToMilliseconds(change.Changed.NextAt));
            }

            updates.End().Document().Array("$indexOfArray"u8)
                .Uuids(default, changes.Select(change => change.Read.Key)).String(default, "$_id")
                .End().End().End().End();
        }

        updates.End().End();
        if (changed.Claim is null)
        {
            updates.Document().Array("$unset"u8).String(default, "claim").String(default, "runner").End().End();
        }

        updates.End().Boolean("multi"u8, value: true).End();
    }

    /// <summary>The row is what was read: nobody has changed, claimed, freed or commanded it since.</summary>
    private static void WriteGuard(BsonWriter query, TimerRecord read)
    {
        query.Int32("state"u8, MongoTimerSchema.ToCode(read.State))
            .Int64("version"u8, read.Version)
            .Int32("pending"u8, (int)read.Pending);
        if (read.Claim is { } token)
        {
            query.Int64("claim"u8, token.Value);
        }
        else
        {
            query.Null("claim"u8);
        }
    }

    private static void Write(ReadOnlySpan<byte> name, int read, int changed, BsonWriter set)
    {
        if (read != changed)
        {
            set.Int32(name, changed);
        }
    }

    private static void Write(ReadOnlySpan<byte> name, DateTimeOffset read, DateTimeOffset changed, BsonWriter set)
    {
        if (read != changed)
        {
            set.Int64(name, StoredInstants.ToMilliseconds(changed));
        }
    }
}
