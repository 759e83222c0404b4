using System.Text.Json;
using Contracts.Schedules;
using Infrastructure.Schedules.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Schedules.Mongo;

/// <summary>Calendars in MongoDB, a document each: every write is one operation on one of them.</summary>
internal sealed class MongoCalendarStore(MongoConnection connection) : ICalendarStore
{
    /// <summary>The collection; docs/data-model.md describes it.</summary>
    public const string Calendars = "calendars";

    private static readonly BsonDocument ByWake = new("wakeAt", 1);
    private static readonly BsonDocument ByName = new("name", 1);
    private static readonly BsonDocument WithoutContent = new("content", 0);

    /// <summary>Makes what is missing; what is there already is left alone.</summary>
    public static async Task<bool> CreateIndexesAsync(MongoRows rows)
    {
        // Of a few documents at any time: those of which schedules are to be told. So it needs no shard.
        await rows.Collection(Calendars).Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(
            ByWake,
            new CreateIndexOptions<BsonDocument>
            {
                Name = "due",
                PartialFilterExpression = new BsonDocumentFilterDefinition<BsonDocument>(
                    new BsonDocument("wakeAt", new BsonDocument("$exists", true))),
            }));
        await rows.Collection(Calendars).Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(
            new BsonDocument { { "tenant", 1 }, { "name", 1 } }, new CreateIndexOptions<BsonDocument> { Name = "listed" }));
        return true;
    }

    public async Task<CalendarRecord?> FindAsync(string tenant, string name, CancellationToken cancellationToken) =>
        await FindRowAsync(tenant, name, cancellationToken) is { } row ? TryRead(row) ?? throw StoredSchedule.DamagedCalendar() : null;

    public async Task<IReadOnlyList<CalendarRecord>> FindAsync(
        string tenant, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var rows = await Task.WhenAll(names.Select(name => FindRowAsync(tenant, name, cancellationToken)));
        return [.. rows.OfType<BsonDocument>().Select(TryRead).OfType<CalendarRecord>()];
    }

    public Task<CalendarPage> ListAsync(CalendarQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var filter = new BsonDocument
        {
            { "tenant", query.Tenant }, { "name", new BsonDocument("$gt", query.After ?? string.Empty) }, { "deleted", false },
        };
        return connection.RunAsync(
            MongoLane.Clients,
            async rows =>
            {
                var found = await rows.FindAsync(Calendars, filter, new MongoFind(WithoutContent, ByName, query.Limit + 1));
                return new CalendarPage(
                    [
                        .. found.Take(query.Limit).Select(row => new CalendarSummary(
                            row["name"].AsString, row["excluded"].AsInt32, row["included"].AsInt32,
                            StoredInstants.FromMilliseconds(row["createdAt"].AsInt64),
                            StoredInstants.FromMilliseconds(row["changedAt"].AsInt64))),
                    ],
                    found.Count > query.Limit ? found[query.Limit - 1]["name"].AsString : null);
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<CalendarRecord>> FindDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument(
            "wakeAt", new BsonDocument { { "$exists", true }, { "$lte", StoredInstants.ToMilliseconds(until) } });
        return connection.RunAsync<IReadOnlyList<CalendarRecord>>(
            MongoLane.Runner,
            async rows => [.. (await rows.FindAsync(Calendars, filter, new MongoFind(Sort: ByWake, Limit: limit)))
                .Select(TryRead).OfType<CalendarRecord>()],
            cancellationToken);
    }

    public Task<bool> WriteAsync(CalendarRecord? before, CalendarRecord? after, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Clients,
            async rows =>
            {
                var calendars = rows.Collection(Calendars);
                if (before is null)
                {
                    try
                    {
                        await calendars.InsertOneAsync(RowOf(after!));
                        return true;
                    }
                    catch (MongoWriteException failure) when (failure.WriteError?.Category == ServerErrorCategory.DuplicateKey)
                    {
                        return false;
                    }
                }

                var filter = new BsonDocument { { "_id", IdOf(before.Tenant, before.Name) }, { "stamp", StampOf(before) } };
                return after is null ? (await calendars.DeleteOneAsync(filter)).DeletedCount == 1
                    : (await calendars.UpdateOneAsync(filter, ChangeOf(before, after))).MatchedCount == 1;
            },
            cancellationToken);

    private Task<BsonDocument?> FindRowAsync(string tenant, string name, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows => (await rows.FindAsync(Calendars, new BsonDocument("_id", IdOf(tenant, name)))).SingleOrDefault(),
        cancellationToken);

    private static BsonDocument RowOf(CalendarRecord record)
    {
        var row = new BsonDocument { { "_id", IdOf(record.Tenant, record.Name) }, { "tenant", record.Tenant }, { "name", record.Name } };
        row.AddRange(StateOf(record)).AddRange(ContentOf(record.Content));
        if (record.WakeAt is { } at)
        {
            row["wakeAt"] = StoredInstants.ToMilliseconds(at);
        }

        return row;
    }

    private static BsonDocument ChangeOf(CalendarRecord before, CalendarRecord after)
    {
        var set = StateOf(after);
        if (!ReferenceEquals(before.Content, after.Content))
        {
            set.AddRange(ContentOf(after.Content));
        }

        if (after.WakeAt is not { } at)
        {
            return new BsonDocument { { "$set", set }, { "$unset", new BsonDocument("wakeAt", string.Empty) } };
        }

        set["wakeAt"] = StoredInstants.ToMilliseconds(at);
        return new BsonDocument("$set", set);
    }

    private static BsonDocument StateOf(CalendarRecord record) =>
        new() { { "stamp", StampOf(record) }, { "deleted", record.IsDeleted } };

    private static BsonDocument ContentOf(CalendarContent content) => new()
    {
        { "createdAt", StoredInstants.ToMilliseconds(content.CreatedAt) },
        { "changedAt", StoredInstants.ToMilliseconds(content.ChangedAt) },
        { "excluded", content.Excluded.Entries.Count },
        { "included", content.Included.Entries.Count },
        { "content", new BsonBinaryData(JsonSerializer.SerializeToUtf8Bytes(content, SchedulesJson.Default.CalendarContent)) },
    };

    private static BsonBinaryData StampOf(CalendarRecord record) => new(record.Stamp, GuidRepresentation.Standard);

    private static BsonBinaryData IdOf(string tenant, string name) => new(ScheduleKeys.Of(tenant, name), GuidRepresentation.Standard);

    private CalendarRecord? TryRead(BsonDocument row) =>
        StoredSchedule.TryReadCalendar(() => row.GetValue("name", row["_id"]).ToString()!, () => Read(row), connection.Damage);

    private static CalendarRecord Read(BsonDocument row) => new()
    {
        Tenant = row["tenant"].AsString,
        Name = row["name"].AsString,
        Stamp = row["stamp"].AsGuid,
        IsDeleted = row["deleted"].AsBoolean,
        WakeAt = row.TryGetValue("wakeAt", out var at) ? StoredInstants.FromMilliseconds(at.AsInt64) : null,
        Content = StoredSchedule.ReadCalendar(row["content"].AsBsonBinaryData.Bytes),
    };
}
