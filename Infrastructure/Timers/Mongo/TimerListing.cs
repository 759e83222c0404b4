using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.Serialization.Serializers;

namespace Infrastructure.Timers.Mongo;

/// <summary>One page of a listing, newest first: small rows along an index, then the whole of those that belong to it.</summary>
internal sealed class TimerListing(MongoRows rows, TimerQuery query)
{
    /// <summary>Maximum number of rows that one page reads: conditions without an index are checked row by row.</summary>
    private const int MaxRowsExamined = 20_000;

    /// <summary>Contents that one page holds, give or take one timer: a page ends early rather than fill the memory.</summary>
    private const long MaxPageBytes = 4 << 20;

    private const int RowsPerAnswer = 1_000;

    private static readonly BsonDocument Sort = new() { { "createdAt", -1 }, { "_id", -1 } };
    private static readonly BsonDocument Fields = new() { { "createdAt", 1 }, { "state", 1 }, { "dueAt", 1 }, { "size", 1 } };

    private readonly long dueFrom = query.DueFrom is { } from ? StoredInstants.AtOrAfter(from) : long.MinValue;
    private readonly long dueTo = query.DueTo is { } to ? StoredInstants.AtOrAfter(to) : long.MaxValue;
    private readonly List<Guid> keys = [];
    private TimerCursor? last;
    private bool more;
    private int examined;
    private long bytes;

    public async Task<TimerPage> ReadAsync()
    {
        if (query.Cursor is { } cursor)
        {
            // Two plain ranges: the rest of the place where the page before ended, then everything older.
            await ExamineAsync(
                new BsonDocument { { "createdAt", cursor.Position }, { "_id", new BsonDocument("$lt", MongoBson.Uuid(cursor.Key)) } });
            if (!more)
            {
                await ExamineAsync(new BsonDocument("createdAt", new BsonDocument("$lt", cursor.Position)));
            }
        }
        else
        {
            await ExamineAsync([]);
        }

        return new TimerPage(await ReadPageAsync(), more ? last : null);
    }

    private async Task ExamineAsync(BsonDocument range)
    {
        var filter = new BsonDocument("tenant", MongoTimerSchema.TenantOf(query.Tenant));
        if (query.Tags is [var tag])
        {
            filter.Add("tags", tag);
        }
        else if (query.Tags.Count > 0)
        {
            filter.Add("tags", new BsonDocument("$all", new BsonArray(query.Tags)));
        }

        if (query.State is { } state && MongoTimerSchema.IsRare(state))
        {
            filter.Add("state", MongoTimerSchema.ToCode(state));
        }

        filter.AddRange(range);
        var find = new MongoFind(Fields, Sort, BatchSize: Math.Min(RowsPerAnswer, query.Limit + 1));
        using var found = await rows.OpenAsync(MongoTimerSchema.Timers, filter, find, BsonDocumentSerializer.Instance);
        while (!more && await found.MoveNextAsync())
        {
            // The first that is not taken tells that there are more.
            more = found.Current.Any(row => !TryTakeWhole(row));
        }
    }

    /// <summary>A damaged row is left out.</summary>
    private bool TryTakeWhole(BsonDocument row)
    {
        try
        {
            return TryTake(row);
        }
        catch (Exception error) when (error is InvalidCastException or InvalidOperationException or NotSupportedException
            or FormatException or OverflowException or KeyNotFoundException)
        {
            rows.Damage.Add(MongoTimerStore.Damaged(row["_id"].AsUuid(), error.Message));
            return true;
        }
    }

    private bool TryTake(BsonDocument row)
    {
        if (keys.Count == query.Limit || examined == MaxRowsExamined || bytes > MaxPageBytes)
        {
            return false;
        }

        examined++;
        var key = row["_id"].AsUuid();
        last = new TimerCursor(row["createdAt"].ToInt64(), key);
        var due = row["dueAt"].ToInt64();
        if (due >= dueFrom && due < dueTo && IsWanted(MongoTimerSchema.ToState(row["state"].ToInt32())))
        {
            keys.Add(key);
            bytes += row["size"].ToInt64();
        }

        return true;
    }

    /// <summary>In the order found; without those that changed or went since.</summary>
    private async Task<TimerRecord[]> ReadPageAsync()
    {
        if (keys.Count == 0)
        {
            return [];
        }

        var found = (await MongoTimerStore.ReadRowsAsync(rows, keys, withSpec: true)).Whole.ToDictionary(row => row.Key);
        return
        [
            .. keys.Select(key => found.GetValueOrDefault(key)).OfType<TimerRecord>().Where(row =>
                IsWanted(row.State) && StoredInstants.ToMilliseconds(row.DueAt) is var due && due >= dueFrom && due < dueTo),
        ];
    }

    private bool IsWanted(TimerState state) => query.State is not { } wanted || state == wanted;
}
