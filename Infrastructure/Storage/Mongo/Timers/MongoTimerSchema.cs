using Contracts.Timers;
using Infrastructure.Storage.Mongo.Driver;

namespace Infrastructure.Storage.Mongo.Timers;

/// <summary>Collections, state codes and indexes of the timers; docs/data-model.md draws them.</summary>
internal static class MongoTimerSchema
{
    public const string Timers = "timers";
    public const string Attempts = "attempts";
    public const string Leases = "leases";
    public const string Leader = "leader";
    public const string Counters = "counters";

    // So numbered that what an index holds is one range: claimed 4 to 5, listed by state 6 to 9, finished from 8 on.
    // Partial indexes take a range in every release; $in they take from MongoDB 6 on.
    public const int Scheduled = 2;
    public const int Armed = 4;
    public const int Sending = 5;
    public const int Paused = 6;
    public const int Ambiguous = 7;
    public const int Failed = 8;
    public const int Cancelled = 9;
    public const int Succeeded = 10;

    /// <summary>Codes of finished timers.</summary>
    public static readonly int[] Finished = [Failed, Cancelled, Succeeded];

    /// <summary>True for states that few timers are in, so that listing one of them must not read all the others.</summary>
    public static bool IsRare(TimerState state) =>
        state is TimerState.Paused or TimerState.Ambiguous or TimerState.Failed or TimerState.Cancelled;

    public static int ToCode(TimerState state) => state switch
    {
        TimerState.Scheduled => Scheduled,
        TimerState.Armed => Armed,
        TimerState.Sending => Sending,
        TimerState.Paused => Paused,
        TimerState.Ambiguous => Ambiguous,
        TimerState.Failed => Failed,
        TimerState.Cancelled => Cancelled,
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
        _ => throw new InvalidOperationException($"The stored state {code} is unknown."),
    };

    /// <summary>Conditions that a query must name for the partial index on claimed timers to serve it.</summary>
    public static BsonWriter IsClaimed(this BsonWriter filter) =>
        filter.Document("state"u8).Int32("$gte"u8, Armed).Int32("$lte"u8, Sending).End();

    /// <summary>Makes what is missing; what is there already is left alone.</summary>
    /// <remarks>One command each: where making one takes longer than a time-out, the next attempt goes on from there.</remarks>
    public static void CreateIndexes(MongoSession session)
    {
        // One index over all serves claims, the purge and the counts; each change of state moves one entry of it.
        Create(session, Timers, "due", key => key.Int32("state"u8, 1).Int32("shard"u8, 1).Int32("nextAt"u8, 1));
        Create(session, Timers, "claimed", key => key.Int32("runner"u8, 1).Int32("claim"u8, 1), only => only.IsClaimed());
        Create(session, Timers, "listed", key => key.Int32("createdAt"u8, -1).Int32("_id"u8, -1));
        Create(
            session,
            Timers,
            "listedByState",
            key => key.Int32("state"u8, 1).Int32("createdAt"u8, -1).Int32("_id"u8, -1),
            only => only.Document("state"u8).Int32("$gte"u8, Paused).Int32("$lte"u8, Cancelled).End());
        Create(
            session,
            Timers,
            "listedByTag",
            key => key.Int32("tags"u8, 1).Int32("createdAt"u8, -1).Int32("_id"u8, -1),
            only => only.Document("tags"u8).Boolean("$exists"u8, value: true).End());
        Create(session, Attempts, "timer", key => key.Int32("_id.timer"u8, 1));
    }

    private static void Create(MongoSession session, string collection, string name, Func<BsonWriter, BsonWriter> key, Func<BsonWriter, BsonWriter>? only = null)
    {
        using var command = new BsonWriter()
            .String("createIndexes"u8, collection)
            .Array("indexes"u8).Document().String("name"u8, name).Document("key"u8);
        key(command).End();
        if (only is not null)
        {
            only(command.Document("partialFilterExpression"u8)).End();
        }

        session.Write(command.End().End());
    }
}
