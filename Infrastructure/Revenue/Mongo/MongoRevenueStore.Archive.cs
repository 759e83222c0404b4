using System.Globalization;
using Contracts.Revenue;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Revenue.Mongo;

/// <content>What is yet to be archived.</content>
internal sealed partial class MongoRevenueStore
{
    private static readonly BsonDocument AsReceived = new() { { MongoEntry.ReceivedAt, 1 }, { "_id", 1 } };

    public Task<Guid> BindAsync(Guid archive, CancellationToken cancellationToken) => OnRunnerAsync(
        async rows =>
        {
            var one = new BsonDocument("_id", 0);
            await rows.UpdateAsync(
                MongoRevenueSchema.Archive,
                new UpdateOneModel<BsonDocument>(
                    one, new BsonDocument("$setOnInsert", new BsonDocument("id", archive.ToString("D"))))
                {
                    IsUpsert = true,
                });
            return Guid.Parse((await rows.FindAsync(MongoRevenueSchema.Archive, one))[0]["id"].AsString);
        },
        cancellationToken);

    public Task<IReadOnlyList<UnarchivedEntry>> ReadAsync(string? after, int limit, CancellationToken cancellationToken) =>
        OnRunnerAsync<IReadOnlyList<UnarchivedEntry>>(
            async rows =>
            {
                var filter = new BsonDocument(MongoEntry.Unarchived, new BsonDocument("$exists", true));
                if (after is not null)
                {
                    var (receivedAt, id) = Open(after);
                    filter["$or"] = new BsonArray
                    {
                        new BsonDocument(MongoEntry.ReceivedAt, new BsonDocument("$gt", receivedAt)),
                        new BsonDocument { { MongoEntry.ReceivedAt, receivedAt }, { "_id", new BsonDocument("$gt", id) } },
                    };
                }

                return (await rows.FindAsync(MongoRevenueSchema.Entries, filter, new MongoFind(Sort: AsReceived, Limit: limit)))
                    .ConvertAll(row => new UnarchivedEntry(
                        row[MongoEntry.Unarchived]["t"].AsString, row[MongoEntry.Unarchived]["u"].AsString, MongoEntry.Read(row),
                        Seal(row)));
            },
            cancellationToken);

    public async Task NoteAsync(IReadOnlyList<string> marks, CancellationToken cancellationToken)
    {
        foreach (var some in marks.Chunk(MaxRows))
        {
            var ids = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(some.Select(mark => Open(mark).Id))));
            var update = new BsonDocument("$unset", new BsonDocument(MongoEntry.Unarchived, string.Empty));
            await OnRunnerAsync(
                rows => rows.UpdateAsync(MongoRevenueSchema.Entries, new UpdateManyModel<BsonDocument>(ids, update)), cancellationToken);
        }
    }

    /// <summary>What entries are sorted by.</summary>
    private static string Seal(BsonDocument row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{row[MongoEntry.ReceivedAt].AsInt64}.{Convert.ToHexStringLower(row["_id"].AsBsonBinaryData.Bytes)}");

    private static (long ReceivedAt, BsonBinaryData Id) Open(string mark)
    {
        var end = mark.IndexOf('.', StringComparison.Ordinal);
        return (long.Parse(mark.AsSpan(0, end), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
            new BsonBinaryData(Convert.FromHexString(mark.AsSpan(end + 1))));
    }
}
