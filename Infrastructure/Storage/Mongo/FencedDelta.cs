using MongoDB.Bson;

namespace Infrastructure.Storage.Mongo;

/// <summary>What the messages of one batch add to one rollup. A rollup has one writer: it belongs to one partition of one epoch.</summary>
/// <param name="id">The _id of the rollup's document.</param>
internal sealed class FencedDelta(BsonValue id)
{
    private readonly SortedDictionary<long, (BsonDocument Add, BsonDocument Max)> parts = [];

    public BsonValue Id => id;

    /// <summary>The offsets of its messages, in order.</summary>
    public IEnumerable<long> Offsets => parts.Keys;

    public long First => parts.Keys.First();

    public long Last => parts.Keys.Last();

    /// <summary>Adds what the message at an offset adds.</summary>
    /// <param name="offset">The offset of the message in its partition.</param>
    /// <param name="add">Fields with what to add to them.</param>
    /// <param name="max">Fields with what they must at least be.</param>
    public void Add(long offset, BsonDocument add, BsonDocument max)
    {
        if (parts.TryGetValue(offset, out var before))
        {
            parts[offset] = (Sum([before.Add, add]), Highest([before.Max, max]));
        }
        else
        {
            parts[offset] = (add, max);
        }
    }

    /// <summary>The update for the messages beyond an offset.</summary>
    public BsonDocument UpdateAfter(long offset)
    {
        var left = parts.Where(part => part.Key > offset).Select(part => part.Value).ToList();
        var update = new BsonDocument { { "$set", new BsonDocument(FencedRollups.Fence, Last) } };
        if (Sum(left.Select(part => part.Add)) is { ElementCount: > 0 } add)
        {
            update["$inc"] = add;
        }

        if (Highest(left.Select(part => part.Max)) is { ElementCount: > 0 } max)
        {
            update["$max"] = max;
        }

        return update;
    }

    private static BsonDocument Sum(IEnumerable<BsonDocument> documents) => Fold(
        documents,
        static (a, b) => a.IsDecimal128 ? MongoSums.Write(MongoSums.Read(a) + MongoSums.Read(b)) : new BsonInt64(a.AsInt64 + b.AsInt64));

    private static BsonDocument Highest(IEnumerable<BsonDocument> documents) =>
        Fold(documents, static (a, b) => a.CompareTo(b) >= 0 ? a : b);

    private static BsonDocument Fold(IEnumerable<BsonDocument> documents, Func<BsonValue, BsonValue, BsonValue> fold)
    {
        var result = new BsonDocument();
        foreach (var element in documents.SelectMany(document => document))
        {
            result[element.Name] = result.TryGetValue(element.Name, out var before) ? fold(before, element.Value) : element.Value;
        }

        return result;
    }
}
