using System.Runtime.InteropServices;
using Contracts.Common;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;

namespace Infrastructure.Timers.Mongo;

/// <content>How much room timers take.</content>
internal sealed partial class MongoTimerStore : ITimerUsage
{
    private const int RowsMeasured = 10_000;

    private static readonly MongoFind Measured = new()
    {
        Fields = new BsonDocument { { "tenant", 1 }, { "size", 1 } },
        Sort = new BsonDocument("_id", 1),
        Limit = RowsMeasured,
    };

    public Task<TimerUsageStep> MeasureAsync(TimerCursor? after, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows =>
        {
            BsonDocument filter = after is null ? []
                : new("_id", new BsonDocument("$gt", new BsonBinaryData(after.Key, GuidRepresentation.Standard)));
            var found = await rows.FindAsync(MongoTimerSchema.Timers, filter, Measured);
            var bytes = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var row in found)
            {
                var tenant = row.GetValue("tenant", BsonNull.Value) is BsonString name ? name.Value : Tenant.Default;
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(bytes, tenant, out _);
                sum += row.GetValue("size", 0) is BsonInt32 size ? size.Value : 0;
            }

            return new TimerUsageStep(
                bytes,
                found.Count < RowsMeasured ? null
                    : new TimerCursor(1, found[^1]["_id"].AsBsonBinaryData.ToGuid(GuidRepresentation.Standard)));
        },
        cancellationToken);
}
