using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Storage.Mongo;

/// <summary>
/// Compares rollups with the rows up to each fence, and puts right those that differ, while others write (docs/adr/0013-events.md).
/// </summary>
internal static class FencedComparison
{
    private const int MaxTries = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Compares until it is sure, and as often as it takes to put right what differs.</summary>
    /// <param name="compareAsync">
    /// Compares once, and returns what puts each wrong rollup right; that returns false if the rollup has changed since. It reads fences
    /// before rows: up to the fences everything is there by then.
    /// </param>
    /// <param name="tell">Says how they differ, given how many.</param>
    /// <param name="repair">Whether to put right what differs.</param>
    /// <param name="isExpected">Whether it is known to differ; if not, it has to be found twice.</param>
    /// <returns>What is different; null for nothing.</returns>
    public static async Task<string?> RunAsync(
        Func<Task<IReadOnlyList<Func<Task<bool>>>>> compareAsync, Func<int, string> tell, bool repair, bool isExpected)
    {
        string? told = null;
        var isSure = isExpected;
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var wrong = await compareAsync();
            if (wrong.Count == 0)
            {
                return told;
            }

            if (!isSure)
            {
                // The rollups of a batch are not written at one instant.
                isSure = true;
                await Task.Delay(Pause);
                continue;
            }

            told ??= tell(wrong.Count);
            if (!repair)
            {
                return told;
            }

            var done = true;
            foreach (var repairAsync in wrong)
            {
                done &= await repairAsync();
            }

            if (done)
            {
                return told;
            }
        }

        return told;
    }

    /// <summary>Puts a rollup in place that is missing, unless one has come meanwhile.</summary>
    /// <param name="rows">The database.</param>
    /// <param name="collection">Where.</param>
    /// <param name="id">Its key.</param>
    /// <param name="fields">Its fields, without the fence.</param>
    /// <param name="last">The last offset that is counted in it.</param>
    public static async Task<bool> CreateAsync(MongoRows rows, string collection, BsonValue id, BsonDocument fields, long last)
    {
        var guard = new BsonDocument { { "_id", id }, { FencedRollups.Fence, new BsonDocument("$exists", false) } };
        var update = new BsonDocument("$set", new BsonDocument(fields) { { FencedRollups.Fence, last } });
        return await rows.UpdateAsync(collection, new UpdateOneModel<BsonDocument>(guard, update) { IsUpsert = true }) == 1;
    }

    /// <summary>Changes a rollup's fields, unless its fence has moved meanwhile.</summary>
    /// <param name="rows">The database.</param>
    /// <param name="collection">Where.</param>
    /// <param name="stored">The rollup as it was compared.</param>
    /// <param name="fields">Fields that it is to have.</param>
    /// <param name="gone">Names of fields that it is not to have.</param>
    /// <param name="guard">What else must not have changed; null for nothing.</param>
    public static async Task<bool> ReplaceAsync(
        MongoRows rows, string collection, BsonDocument stored, BsonDocument fields, IEnumerable<string> gone, BsonDocument? guard = null)
    {
        var update = new BsonDocument();
        if (fields.ElementCount > 0)
        {
            update["$set"] = fields;
        }

        if (gone.Select(name => new BsonElement(name, string.Empty)).ToList() is { Count: > 0 } unset)
        {
            update["$unset"] = new BsonDocument(unset);
        }

        var same = new BsonDocument { { "_id", stored["_id"] }, { FencedRollups.Fence, stored[FencedRollups.Fence] } };
        return await rows.UpdateAsync(collection, new UpdateOneModel<BsonDocument>(same.Merge(guard ?? []), update)) == 1;
    }
}
