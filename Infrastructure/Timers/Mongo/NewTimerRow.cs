using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson.IO;

namespace Infrastructure.Timers.Mongo;

/// <summary>The document that a create makes.</summary>
/// <param name="tenant">The tenant that it belongs to.</param>
/// <param name="created">The timer that the row is made of.</param>
/// <param name="spec">Its spec as it is stored.</param>
/// <param name="occurrence">Its first occurrence, from 1.</param>
internal sealed class NewTimerRow(string tenant, TimerScheduled created, byte[] spec, int occurrence = 1) : MongoRow
{
    private const int SizeOfOtherFields = 512;

    /// <summary>About how many bytes it takes, to keep a command within bounds.</summary>
    public int Size => spec.Length + SizeOfOtherFields;

    public override void Write(IBsonWriter writer)
    {
        var due = StoredInstants.ToMilliseconds(created.DueAt);
        long? expiry = created.Spec.ExpiryOf(created.DueAt) is { } end ? StoredInstants.ToMilliseconds(end) : null;
        writer.WriteUuid("_id", created.TimerId);
        MongoTimerSchema.WriteTenant(writer, tenant);
        writer.WriteInt32("state", MongoTimerSchema.Scheduled);
        writer.WriteInt32("shard", Shard.Of(created.TimerId));
        writer.WriteInt64("nextAt", expiry < due ? expiry.Value : due);
        writer.WriteInt64("dueAt", due);
        writer.WriteInt64("createdAt", StoredInstants.ToTicks(created.CreatedAt));
        writer.WriteInt64("version", 1);
        writer.WriteInt32("occurrence", occurrence);
        writer.WriteInt32("attempts", 0);
        writer.WriteInt32("attemptsBeforeReplay", 0);
        writer.WriteInt32("pending", 0);
        writer.WriteBoolean("mayStillArrive", value: false);
        if (created.Fingerprint is { } fingerprint)
        {
            writer.WriteInt64("fingerprint", fingerprint);
        }

        if (expiry is { } expiresAt)
        {
            writer.WriteInt64("expiresAt", expiresAt);
        }

        // Beside the spec what indexes, bounds and the rules of claims need of it, which all do without reading it.
        writer.WriteBoolean("park", created.Spec.OnAmbiguous == AmbiguousPolicy.Park);
        writer.WriteInt32("size", spec.Length);
        writer.WriteBytes("spec", spec);
        if (created.Spec.Tags is { Count: > 0 } tags)
        {
            writer.WriteName("tags");
            writer.WriteStartArray();
            foreach (var tag in tags)
            {
                writer.WriteString(tag);
            }

            writer.WriteEndArray();
        }
    }
}
