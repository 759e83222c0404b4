using Contracts.Timers;
using Infrastructure.Storage.Mongo.Driver;

namespace Infrastructure.Storage.Mongo.Timers;

/// <summary>Between attempts' documents and records.</summary>
internal static class MongoAttemptRows
{
    /// <summary>Writes an attempt into an array of documents. Its id says all that tells it from others, so writing it again is harmless.</summary>
    public static void Write(BsonWriter documents, AttemptOutcome outcome)
    {
        var attempt = outcome.Attempt;
        documents.Document()
            .Document("_id"u8)
                .Uuid("timer"u8, outcome.Key)
                .Int32("occurrence"u8, attempt.Occurrence)
                .Int32("number"u8, attempt.Number)
                .Int64("claim"u8, outcome.Token.Value)
            .End()
            .Int64("startedAt"u8, StoredInstants.ToMicroseconds(attempt.StartedAt))
            .Int64("latency"u8, (long)attempt.Latency.TotalMicroseconds)
            .Int64("lateness"u8, (long)attempt.Lateness.TotalMicroseconds);
        if (attempt.Status is { } status)
        {
            documents.Int32("status"u8, status);
        }

        if (attempt.Error is { } error)
        {
            documents.String("error"u8, error);
        }

        var response = attempt.Response.Span;
        documents.Binary("response"u8, response.Length > AttemptRecord.KeptResponseBytes ? response[..AttemptRecord.KeptResponseBytes] : response)
            .Int32("state"u8, MongoTimerSchema.ToCode(outcome.State))
            .Int64("nextAt"u8, StoredInstants.ToMilliseconds(outcome.NextAt))
            .End();
    }

    /// <param name="document">A whole document, or one without the response.</param>
    public static StoredAttempt Read(BsonDocument document)
    {
        var id = document.Find("_id"u8).AsDocument();
        return new StoredAttempt(
            id.Find("timer"u8).AsUuid(),
            new ClaimToken(id.Find("claim"u8).AsInt64()),
            new AttemptRecord
            {
                Occurrence = id.Find("occurrence"u8).AsInt32(),
                Number = id.Find("number"u8).AsInt32(),
                StartedAt = StoredInstants.FromMicroseconds(document.Find("startedAt"u8).AsInt64()),
                Latency = TimeSpan.FromMicroseconds(document.Find("latency"u8).AsInt64()),
                Lateness = TimeSpan.FromMicroseconds(document.Find("lateness"u8).AsInt64()),
                Status = document.TryFind("status"u8, out var status) ? status.AsInt32() : null,
                Error = document.TryFind("error"u8, out var error) ? error.AsString() : null,
                Response = document.TryFind("response"u8, out var response) ? response.AsBinary().ToArray() : default,
            },
            MongoTimerSchema.ToState(document.Find("state"u8).AsInt32()),
            StoredInstants.FromMilliseconds(document.Find("nextAt"u8).AsInt64()));
    }

    /// <summary>Of several timers, without the responses, by timer and in order.</summary>
    public static ILookup<Guid, StoredAttempt> ReadAll(MongoSession session, IReadOnlyList<Guid> timers)
    {
        using var filter = new BsonWriter().Document("_id.timer"u8).Uuids("$in"u8, timers).End();
        using var options = new BsonWriter().Document("projection"u8).Int32("response"u8, 0).End();
        var attempts = new List<StoredAttempt>();
        session.Find(MongoTimerSchema.Attempts, filter, options, document =>
        {
            attempts.Add(Read(document));
            return true;
        });
        return InOrder(attempts).ToLookup(attempt => attempt.Timer);
    }

    /// <summary>Of one timer, oldest first.</summary>
    public static IReadOnlyList<StoredAttempt> ReadOne(MongoSession session, Guid timer)
    {
        using var filter = new BsonWriter().Uuid("_id.timer"u8, timer);
        var attempts = new List<StoredAttempt>();
        session.Find(MongoTimerSchema.Attempts, filter, options: null, document =>
        {
            attempts.Add(Read(document));
            return true;
        });
        return [.. InOrder(attempts)];
    }

    private static IOrderedEnumerable<StoredAttempt> InOrder(IEnumerable<StoredAttempt> attempts) =>
        attempts.OrderBy(one => one.Attempt.Occurrence).ThenBy(one => one.Attempt.Number).ThenBy(one => one.Token.Value);
}
