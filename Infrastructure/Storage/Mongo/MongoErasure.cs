using Contracts.Common;
using Contracts.Events;
using MongoDB.Bson;

namespace Infrastructure.Storage.Mongo;

/// <summary>An erasure as it is stored: where its message stood, and when it was received.</summary>
/// <param name="Position">The message's first position.</param>
/// <param name="At">When it was received, in milliseconds since 1970.</param>
/// <param name="IsDone">Whether everything that it erases is gone.</param>
internal sealed record MongoErasure(LogPosition Position, long At, bool IsDone)
{
    /// <summary>The field that says whether it is done.</summary>
    public const string Done = "done";

    /// <summary>One that begins.</summary>
    public static MongoErasure Begin(LogPosition source, EventStamp stamp) =>
        new(source, StoredInstants.ToMilliseconds(stamp.ReceivedAt), IsDone: false);

    public static MongoErasure Read(BsonDocument row) =>
        new(new LogPosition(row["e"].AsUuid(), row["p"].AsInt32, row["o"].AsInt64), row["at"].AsInt64, row[Done].AsBoolean);

    public BsonDocument Write() => new()
    {
        { "e", MongoBson.Uuid(Position.Epoch) },
        { "p", Position.Partition },
        { "o", Position.Offset },
        { "at", At },
        { Done, IsDone },
    };

    /// <summary>Whether a message came before it: by their positions where they can be compared, else by the clock.</summary>
    public bool Covers(LogPosition source, EventStamp stamp) => IsOfOneLog(source)
        ? source.Offset < Position.Offset
        : StoredInstants.ToMilliseconds(stamp.ReceivedAt) <= At;

    /// <summary>The same of what is stored: of former logs all came before it.</summary>
    public bool CoversStored(LogPosition source) => !IsOfOneLog(source) || source.Offset < Position.Offset;

    /// <summary>Whether it came before a message; another log's messages are later, as those of a former one come no more.</summary>
    public bool Precedes(LogPosition source) => !IsOfOneLog(source) || Position.Offset < source.Offset;

    private bool IsOfOneLog(LogPosition source) => source.Epoch == Position.Epoch && source.Partition == Position.Partition;
}
