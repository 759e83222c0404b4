using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Storage.Mongo;

/// <summary>
/// Adds to rollups exactly once: each keeps the offset up to which messages are counted in it, and an update is refused by one that is
/// beyond its first message (docs/adr/0013-events.md).
/// </summary>
internal static class FencedRollups
{
    /// <summary>The field with that offset.</summary>
    public const string Fence = "o";

    private static readonly BulkWriteOptions Unordered = new() { IsOrdered = false };
    private static readonly BsonDocument OnlyFence = new(Fence, 1);

    /// <summary>Completes when all of them count.</summary>
    /// <returns>
    /// For rollups that were beyond some of the messages already, the offset that they had: those up to it were not added again.
    /// </returns>
    public static async Task<IReadOnlyDictionary<BsonValue, long>> AddAsync(
        MongoRows rows, string collection, IReadOnlyList<FencedDelta> deltas)
    {
        var passed = new Dictionary<BsonValue, long>();
        var left = deltas;
        while (left.Count > 0)
        {
            // No fence, and no document at all, are below every offset.
            var refused = await TryAsync(rows, collection, left.Select(delta => UpdateOf(delta, passed)));
            left = [.. refused.Select(index => left[index])];
            if (left.Count == 0)
            {
                break;
            }

            var found = await rows.FindAsync(
                collection,
                new BsonDocument("_id", new BsonDocument("$in", new BsonArray(left.Select(delta => delta.Id)))),
                new MongoFind(OnlyFence));
            var fences = found.Where(row => row.Contains(Fence)).ToDictionary(row => row["_id"], row => row[Fence].AsInt64);

            // One that has none any more has been deleted: another try creates it.
            foreach (var delta in left)
            {
                if (fences.TryGetValue(delta.Id, out var fence))
                {
                    passed[delta.Id] = fence;
                }
                else
                {
                    passed.Remove(delta.Id);
                }
            }

            left = [.. left.Where(delta => !passed.TryGetValue(delta.Id, out var fence) || fence < delta.Last)];
        }

        return passed;
    }

    private static UpdateOneModel<BsonDocument> UpdateOf(FencedDelta delta, Dictionary<BsonValue, long> passed)
    {
        var isPassed = passed.TryGetValue(delta.Id, out var fence);
        var guard = isPassed ? new BsonDocument(Fence, fence)
            : new BsonDocument(Fence, new BsonDocument("$not", new BsonDocument("$gte", delta.First)));
        return new UpdateOneModel<BsonDocument>(
            new BsonDocument("_id", delta.Id).Merge(guard), delta.UpdateAfter(isPassed ? fence : long.MinValue))
        {
            IsUpsert = true,
        };
    }

    /// <returns>The places of those that were refused.</returns>
    private static async Task<IReadOnlyList<int>> TryAsync(
        MongoRows rows, string collection, IEnumerable<UpdateOneModel<BsonDocument>> updates)
    {
        try
        {
            await rows.Collection(collection).BulkWriteAsync(updates, Unordered);
            return [];
        }
        catch (MongoBulkWriteException<BsonDocument> failure) when (failure.WriteConcernError is null
            && failure.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            return [.. failure.WriteErrors.Select(error => error.Index).Order()];
        }
    }
}
