using Contracts.Timers;
using Infrastructure.Storage.Mongo.Driver;

namespace Infrastructure.Storage.Mongo.Timers;

/// <summary>One page of a listing, newest first: small rows along an index, then the whole of those that belong to it.</summary>
internal sealed class TimerListing(MongoSession session, TimerQuery query)
{
    /// <summary>Rows that one page looks at, at most: conditions without an index are checked row by row.</summary>
    private const int MostRowsExamined = 20_000;

    /// <summary>Contents that one page holds, give or take one timer: a page ends early rather than fill the memory.</summary>
    private const long MostPageBytes = 4 << 20;

    private const int RowsPerAnswer = 1_000;

    private readonly long dueFrom = query.DueFrom is { } from ? StoredInstants.AtOrAfter(from) : long.MinValue;
    private readonly long dueTo = query.DueTo is { } to ? StoredInstants.AtOrAfter(to) : long.MaxValue;
    private readonly List<Guid> keys = [];
    private TimerCursor? last;
    private bool more;
    private int examined;
    private long bytes;

    public TimerPage Read()
    {
        if (query.Cursor is { } cursor)
        {
            // Two plain ranges: the rest of the place where the page before ended, then everything older.
            Examine(filter => filter.Int64("createdAt"u8, cursor.Position).Document("_id"u8).Uuid("$lt"u8, cursor.Key).End());
            if (!more)
            {
                Examine(filter => filter.Document("createdAt"u8).Int64("$lt"u8, cursor.Position).End());
            }
        }
        else
        {
            Examine(_ => { });
        }

        return new TimerPage(ReadPage(), more ? last : null);
    }

    private void Examine(Action<BsonWriter> range)
    {
        using var filter = new BsonWriter();
        if (query.Tag is { } tag)
        {
            filter.String("tags"u8, tag);
        }

        if (query.State is { } state && MongoTimerSchema.IsRare(state))
        {
            filter.Int32("state"u8, MongoTimerSchema.ToCode(state));
        }

        range(filter);
        using var options = new BsonWriter()
            .Document("sort"u8).Int32("createdAt"u8, -1).Int32("_id"u8, -1).End()
            .Document("projection"u8).Int32("createdAt"u8, 1).Int32("state"u8, 1).Int32("dueAt"u8, 1).Int32("size"u8, 1).End()
            .Int32("batchSize"u8, Math.Min(RowsPerAnswer, query.Limit + 1));
        session.Find(MongoTimerSchema.Timers, filter, options, Visit);
    }

    private bool Visit(BsonDocument row)
    {
        if (keys.Count == query.Limit || examined == MostRowsExamined || bytes > MostPageBytes)
        {
            more = true;
            return false;
        }

        examined++;
        var key = row.Find("_id"u8).AsUuid();
        last = new TimerCursor(row.Find("createdAt"u8).AsInt64(), key);
        var due = row.Find("dueAt"u8).AsInt64();
        if (due >= dueFrom && due < dueTo && IsWanted(MongoTimerSchema.ToState(row.Find("state"u8).AsInt32())))
        {
            keys.Add(key);
            bytes += row.Find("size"u8).AsInt64();
        }

        return true;
    }

    /// <summary>In the order found; without those that changed or went since.</summary>
    private TimerRecord[] ReadPage()
    {
        if (keys.Count == 0)
        {
            return [];
        }

        var rows = MongoTimerStore.ReadRows(session, keys, withSpec: true).ToDictionary(row => row.Key);
        return
        [
            .. keys.Select(key => rows.GetValueOrDefault(key)).OfType<TimerRecord>().Where(row =>
                IsWanted(row.State) && StoredInstants.ToMilliseconds(row.DueAt) is var due && due >= dueFrom && due < dueTo),
        ];
    }

    private bool IsWanted(TimerState state) => query.State is not { } wanted || state == wanted;
}
