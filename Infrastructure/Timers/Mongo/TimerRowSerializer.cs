using Contracts.Common;
using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Timers.Common;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Serializers;

namespace Infrastructure.Timers.Mongo;

/// <summary>A timer's document as it was read.</summary>
/// <param name="Key">Its key; empty if not even that can be read.</param>
/// <param name="Timer">Null if it is damaged.</param>
/// <param name="Damage">What cannot be read; null if nothing.</param>
internal readonly record struct ReadTimer(Guid Key, TimerRecord? Timer, string? Damage);

/// <summary>Reads timers' documents in place: a thousand of them are claimed at once. A damaged one does not fail the others.</summary>
internal sealed class TimerRowSerializer : SerializerBase<ReadTimer>
{
    public static readonly TimerRowSerializer Instance = new();

    private TimerRowSerializer()
    {
    }

    /// <remarks>A whole document, or one without its spec.</remarks>
    public override ReadTimer Deserialize(BsonDeserializationContext context, BsonDeserializationArgs args)
    {
        var reader = context.Reader;
        var start = reader.GetBookmark();
        Guid key = default;
        try
        {
            var timer = Read(context, ref key);
            return new ReadTimer(key, timer, Damage: null);
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException or ArgumentException or OverflowException
            or BsonException)
        {
            // The next one begins where this one ends.
            reader.ReturnToBookmark(start);
            reader.SkipValue();
            return new ReadTimer(key, Timer: null, error.Message);
        }
    }

    private static TimerRecord Read(BsonDeserializationContext context, ref Guid key)
    {
        var reader = context.Reader;
        var tenant = Tenant.Default;
        long nextAt = 0, dueAt = 0, createdAt = 0, version = 0;
        long? claim = null, fingerprint = null, expiresAt = null;
        int state = 0, occurrence = 0, attempts = 0, attemptsBeforeReplay = 0, pending = 0;
        var mayStillArrive = false;
        var park = false;
        TimerSpec? spec = null;
        reader.ReadStartDocument();
        while (reader.ReadBsonType() != BsonType.EndOfDocument)
        {
            switch (reader.ReadName())
            {
                case "_id": key = reader.ReadBinaryData().ToGuid(GuidRepresentation.Standard); break;
                case "tenant": tenant = reader.ReadString(); break;
                case "state": state = Int32(context); break;
                case "nextAt": nextAt = Int64(context); break;
                case "dueAt": dueAt = Int64(context); break;
                case "createdAt": createdAt = Int64(context); break;
                case "claim": claim = Int64(context); break;
                case "version": version = Int64(context); break;
                case "occurrence": occurrence = Int32(context); break;
                case "attempts": attempts = Int32(context); break;
                case "attemptsBeforeReplay": attemptsBeforeReplay = Int32(context); break;
                case "pending": pending = Int32(context); break;
                case "mayStillArrive": mayStillArrive = BooleanSerializer.Instance.Deserialize(context); break;
                case "fingerprint": fingerprint = Int64(context); break;
                case "expiresAt": expiresAt = Int64(context); break;
                case "park": park = BooleanSerializer.Instance.Deserialize(context); break;
                case "spec": spec = StoredSpec.Read(reader.ReadBytes()); break;
                default: reader.SkipValue(); break;
            }
        }

        reader.ReadEndDocument();
        return new TimerRecord
        {
            Key = key,
            Tenant = tenant,
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
            ExpiresAt = expiresAt is { } end ? StoredInstants.FromMilliseconds(end) : null,
            Spec = spec ?? (park ? StoredSpec.UnreadParked : StoredSpec.Unread),
        };
    }

    // Whatever type a number has: a tool that mended a document may have written another one.
    private static int Int32(BsonDeserializationContext context) => Int32Serializer.Instance.Deserialize(context);

    private static long Int64(BsonDeserializationContext context) => Int64Serializer.Instance.Deserialize(context);
}
