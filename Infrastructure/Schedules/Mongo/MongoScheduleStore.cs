using System.Text.Json;
using Contracts.Schedules;
using Contracts.Timers;
using Infrastructure.Schedules.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Schedules.Mongo;

/// <summary>Schedules in MongoDB, a document each: every write is one operation on one of them.</summary>
internal sealed class MongoScheduleStore(MongoConnection connection) : IScheduleStore
{
    /// <summary>The collection; docs/data-model.md describes it.</summary>
    public const string Schedules = "schedules";

    /// <summary>Rows of one command.</summary>
    private const int MaxRows = 500;

    private static readonly BsonDocument ByWake = new("wakeAt", 1);
    private static readonly BsonDocument ByName = new("name", 1);

    /// <summary>Makes what is missing; what is there already is left alone.</summary>
    public static async Task<bool> CreateIndexesAsync(MongoRows rows)
    {
        // The shard first: a Runner asks for each of its own, so that no other's entries are read.
        await CreateAsync("due", new BsonDocument { { "shard", 1 }, { "wakeAt", 1 } },
            new BsonDocument("wakeAt", new BsonDocument("$exists", true)));
        await CreateAsync("listed", new BsonDocument { { "tenant", 1 }, { "name", 1 } }, only: null);
        await CreateAsync("listedByState", new BsonDocument { { "tenant", 1 }, { "state", 1 }, { "name", 1 } }, only: null);
        await CreateAsync("naming", new BsonDocument { { "tenant", 1 }, { "calendars", 1 } },
            new BsonDocument("calendars", new BsonDocument("$exists", true)));
        return true;

        Task<string> CreateAsync(string name, BsonDocument key, BsonDocument? only) =>
            rows.Collection(Schedules).Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(
                key,
                new CreateIndexOptions<BsonDocument>
                {
                    Name = name,
                    PartialFilterExpression = only is null ? null : new BsonDocumentFilterDefinition<BsonDocument>(only),
                }));
    }

    public Task<ScheduleRecord?> FindAsync(string tenant, string name, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows => await rows.FindAsync(Schedules, new BsonDocument("_id", IdOf(tenant, name))) is [var row]
            ? TryRead(row) ?? throw StoredSchedule.Damaged() : null,
        cancellationToken);

    public Task<SchedulePage> ListAsync(ScheduleQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var prefix = query.Prefix ?? string.Empty;
        var names = new BsonDocument("$gte", prefix);
        if (prefix.Length > 0)
        {
            names["$lt"] = prefix + char.ConvertFromUtf32(0x10FFFF);
        }

        if (query.After is not null)
        {
            names["$gt"] = query.After;
        }

        var filter = new BsonDocument { { "tenant", query.Tenant }, { "name", names } };
        filter["state"] = query.State is { } state ? (BsonValue)(int)state : new BsonDocument("$lt", (int)ScheduleState.Deleting);
        return connection.RunAsync(
            MongoLane.Clients,
            async rows =>
            {
                var found = await rows.FindAsync(Schedules, filter, new MongoFind(Sort: ByName, Limit: query.Limit + 1));
                return new SchedulePage(
                    [.. found.Take(query.Limit).Select(TryRead).OfType<ScheduleRecord>()],
                    found.Count > query.Limit ? found[query.Limit - 1]["name"].AsString : null);
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<ScheduleRecord>> FindDueAsync(
        IReadOnlyList<int>? shards, DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        connection.RunAsync<IReadOnlyList<ScheduleRecord>>(
            MongoLane.Runner,
            async rows =>
            {
                var due = new List<ScheduleRecord>();
                foreach (var shard in shards ?? Shard.All)
                {
                    var filter = new BsonDocument
                    {
                        { "shard", shard },
                        { "wakeAt", new BsonDocument { { "$exists", true }, { "$lte", StoredInstants.ToMilliseconds(until) } } },
                    };
                    var some = await rows.FindAsync(Schedules, filter, new MongoFind(Sort: ByWake, Limit: limit - due.Count));
                    due.AddRange(some.Select(TryRead).OfType<ScheduleRecord>());
                    if (due.Count >= limit)
                    {
                        break;
                    }
                }

                return due;
            },
            cancellationToken);

    public Task<long> CountNamingAsync(string tenant, string calendar, CancellationToken cancellationToken)
    {
        var filter = Naming(tenant, calendar);
        filter["state"] = new BsonDocument("$lt", (int)ScheduleState.Deleting);
        return connection.RunAsync(
            MongoLane.Clients, rows => rows.CountAsync(Schedules, filter, limit: int.MaxValue), cancellationToken);
    }

    public Task<long> WakeNamingAsync(string tenant, string calendar, DateTimeOffset at, CancellationToken cancellationToken)
    {
        // One stamp for all: what has it is done.
        var stamp = new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard);
        var filter = Naming(tenant, calendar);
        filter["stamp"] = new BsonDocument("$ne", stamp);
        var change = new BsonDocument
        {
            { "$set", new BsonDocument("stamp", stamp) },
            { "$min", new BsonDocument("wakeAt", StoredInstants.ToMilliseconds(at)) },
        };
        return connection.RunAsync(MongoLane.Runner, rows => rows.UpdateAllAsync(Schedules, filter, change), cancellationToken);
    }

    private static BsonDocument Naming(string tenant, string calendar) =>
        new() { { "tenant", tenant }, { "calendars", new BsonDocument { { "$exists", true }, { "$eq", calendar } } } };

    public async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<ScheduleWrite> writes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(writes);
        var done = new List<bool>();
        foreach (var some in writes.Chunk(MaxRows))
        {
            done.AddRange(await connection.RunAsync(MongoLane.Clients, rows => WriteAsync(rows, some), cancellationToken));
        }

        return done;
    }

    private static async Task<IEnumerable<bool>> WriteAsync(MongoRows rows, ScheduleWrite[] writes)
    {
        var models = writes.Select(ModelOf).ToList();
        long count;
        try
        {
            var result = await rows.Collection(Schedules).BulkWriteAsync(models, new BulkWriteOptions { IsOrdered = false });
            count = result.InsertedCount + result.MatchedCount + result.DeletedCount;
        }
        catch (MongoBulkWriteException<BsonDocument> failure) when (
            failure.WriteConcernError is null
            && failure.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            count = failure.Result.InsertedCount + failure.Result.MatchedCount + failure.Result.DeletedCount;
        }

        if (count == writes.Length || writes.Length == 1)
        {
            return writes.Select(_ => count > 0);
        }

        // Which of them: a stamp is drawn for one write, so the row says whether it is that one.
        var ids = new BsonArray(writes.Select(write => IdOf((write.After ?? write.Before)!)));
        var stamps = (await rows.FindAsync(
            Schedules, new BsonDocument("_id", new BsonDocument("$in", ids)), new MongoFind(new BsonDocument("stamp", 1))))
            .ToDictionary(row => row["_id"], row => row["stamp"].AsGuid);
        return writes.Select(write => write.After is { } after
            ? stamps.TryGetValue(IdOf(after), out var stamp) && stamp == after.Stamp
            : !stamps.ContainsKey(IdOf(write.Before!)));
    }

    private static WriteModel<BsonDocument> ModelOf(ScheduleWrite write)
    {
        if (write.Before is not { } before)
        {
            var added = write.After!;
            var row = new BsonDocument
            {
                { "_id", IdOf(added) }, { "tenant", added.Tenant }, { "name", added.Name },
                { "shard", Shard.Of(ScheduleKeys.Of(added.Tenant, added.Name)) }, { "definition", DefinitionOf(added) },
            };
            row.AddRange(ChangeOf(added));
            if (CalendarsOf(added) is { Count: > 0 } named)
            {
                row["calendars"] = named;
            }

            return new InsertOneModel<BsonDocument>(row);
        }

        var filter = new BsonDocument { { "_id", IdOf(before) }, { "stamp", StampOf(before) } };
        if (write.After is not { } after)
        {
            return new DeleteOneModel<BsonDocument>(filter);
        }

        var (set, unset) = (ChangeOf(after), new BsonDocument());
        if (!ReferenceEquals(before.Definition, after.Definition))
        {
            set["definition"] = DefinitionOf(after);
            if (CalendarsOf(after) is { Count: > 0 } named)
            {
                set["calendars"] = named;
            }
            else
            {
                unset["calendars"] = string.Empty;
            }
        }

        var change = new BsonDocument("$set", set);
        if (after.WakeAt is null)
        {
            unset["wakeAt"] = string.Empty;
        }

        if (unset.ElementCount > 0)
        {
            change["$unset"] = unset;
        }

        return new UpdateOneModel<BsonDocument>(filter, change);
    }

    private static BsonDocument ChangeOf(ScheduleRecord record)
    {
        var change = new BsonDocument
        {
            { "stamp", StampOf(record) },
            { "state", (int)record.Progress.State },
            { "progress", new BsonBinaryData(JsonSerializer.SerializeToUtf8Bytes(
                record.Progress, SchedulesJson.Default.ScheduleProgress)) },
        };
        if (record.WakeAt is { } at)
        {
            change["wakeAt"] = StoredInstants.ToMilliseconds(at);
        }

        return change;
    }

    private static BsonBinaryData DefinitionOf(ScheduleRecord record) =>
        new(JsonSerializer.SerializeToUtf8Bytes(record.Definition, SchedulesJson.Default.ScheduleDefinition));

    private static BsonArray CalendarsOf(ScheduleRecord record) => new(record.Definition.When.SharedCalendars);

    private static BsonBinaryData StampOf(ScheduleRecord record) => new(record.Stamp, GuidRepresentation.Standard);

    private static BsonBinaryData IdOf(ScheduleRecord record) => IdOf(record.Tenant, record.Name);

    private static BsonBinaryData IdOf(string tenant, string name) => new(ScheduleKeys.Of(tenant, name), GuidRepresentation.Standard);

    private ScheduleRecord? TryRead(BsonDocument row) =>
        StoredSchedule.TryRead(() => row.GetValue("name", row["_id"]).ToString()!, () => Read(row), connection.Damage);

    private static ScheduleRecord Read(BsonDocument row) => new()
    {
        Tenant = row["tenant"].AsString,
        Name = row["name"].AsString,
        Stamp = row["stamp"].AsGuid,
        WakeAt = row.TryGetValue("wakeAt", out var at) ? StoredInstants.FromMilliseconds(at.AsInt64) : null,
        Progress = StoredSchedule.ReadProgress(row["progress"].AsBsonBinaryData.Bytes),
        Definition = StoredSchedule.ReadDefinition(row["definition"].AsBsonBinaryData.Bytes),
    };
}
