using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Common;
using MongoDB.Bson;
using MongoDB.Bson.Serialization.Serializers;

namespace Infrastructure.Timers.Mongo;

/// <content>What is due at a receiver.</content>
internal sealed partial class MongoTimerStore : IDestinationLoads
{
    /// <summary>Contents that are looked through: bodies come along with the addresses.</summary>
    private const long MaxLoadBytes = 8 << 20;

    /// <summary>Rows that come at once; each may have a body of 256 KiB.</summary>
    private const int LoadBatch = 50;

    private static readonly BsonDocument SpecOnly = new("spec", 1);

    public Task<DestinationLoad> CountAsync(DestinationSpan span, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows =>
        {
            var (there, all) = (0, 0);
            long bytes = 0;
            foreach (var shard in Shard.All)
            {
                var filter = new BsonDocument
                {
                    { "state", MongoTimerSchema.Scheduled },
                    { "shard", shard },
                    {
                        "nextAt",
                        new BsonDocument { { "$gte", StoredInstants.AtOrAfter(span.From) }, { "$lt", StoredInstants.AtOrAfter(span.To) } }
                    },
                    { "tenant", MongoTimerSchema.TenantOf(span.Tenant) },
                };
                var find = new MongoFind(SpecOnly, Limit: span.MaxRows - all, BatchSize: LoadBatch);
                using var found = await rows.OpenAsync(MongoTimerSchema.Timers, filter, find, BsonDocumentSerializer.Instance);
                while (await found.MoveNextAsync())
                {
                    foreach (var row in found.Current)
                    {
                        all++;
                        var spec = row.GetValue("spec", BsonNull.Value) is BsonBinaryData binary ? binary.Bytes : [];
                        bytes += spec.Length;
                        there += StoredSpec.ReadUrl(spec) is { } url && span.Contains(url) ? 1 : 0;
                    }

                    if (all >= span.MaxRows || bytes > MaxLoadBytes)
                    {
                        return new DestinationLoad(there, all, all, IsComplete: false);
                    }
                }
            }

            return new DestinationLoad(there, all, all, IsComplete: true);
        },
        cancellationToken);
}
