using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson.IO;

namespace Infrastructure.Timers.Mongo;

/// <summary>The document of an attempt. Its id says all that tells it from others, so writing it again is harmless.</summary>
internal sealed class NewAttemptRow(AttemptOutcome outcome) : MongoRow
{
    public override void Write(IBsonWriter writer)
    {
        var attempt = outcome.Attempt;
        writer.WriteName("_id");
        writer.WriteStartDocument();
        writer.WriteUuid("timer", outcome.Key);
        writer.WriteInt32("occurrence", attempt.Occurrence);
        writer.WriteInt32("number", attempt.Number);
        writer.WriteInt64("claim", outcome.Token.Value);
        writer.WriteEndDocument();
        MongoTimerSchema.WriteTenant(writer, outcome.Tenant);
        writer.WriteInt64("startedAt", StoredInstants.ToMicroseconds(attempt.StartedAt));
        writer.WriteInt64("latency", (long)attempt.Latency.TotalMicroseconds);
        writer.WriteInt64("lateness", (long)attempt.Lateness.TotalMicroseconds);
        if (attempt.Status is { } status)
        {
            writer.WriteInt32("status", status);
        }

        if (attempt.Error is { } error)
        {
            writer.WriteString("error", error);
        }

        var response = attempt.Response.Span;
        var kept = response.Length > AttemptRecord.KeptResponseBytes ? response[..AttemptRecord.KeptResponseBytes] : response;
        writer.WriteBytes("response", kept.ToArray());
        writer.WriteInt32("state", MongoTimerSchema.ToCode(outcome.State));
        writer.WriteInt64("nextAt", StoredInstants.ToMilliseconds(outcome.NextAt));
    }
}
