using Contracts.Timers;
using Infrastructure.Storage.Mongo.Driver;

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
        updates.Document().Document("q"u8);
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

    /// <summary>The row is what was read: nobody has changed, claimed, freed or commanded it since.</summary>
    private static void WriteGuard(BsonWriter query, TimerRecord read)
    {
        query.Uuid("_id"u8, read.Key)
            .Int32("state"u8, MongoTimerSchema.ToCode(read.State))
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
