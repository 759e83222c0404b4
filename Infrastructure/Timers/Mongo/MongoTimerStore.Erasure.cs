using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Common;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;

namespace Infrastructure.Timers.Mongo;

/// <content>Erased timers, and what is remembered of them.</content>
internal sealed partial class MongoTimerStore
{
    private static readonly BsonDocument ErasureOnly = new() { { "createdAt", 1 }, { "occurrence", 1 } };

    public Task<bool> TryEraseAsync(TimerRecord read, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (!TimerLifecycle.IsFinished(read.State))
        {
            throw new InvalidOperationException($"A timer that is {read.State} cannot be erased.");
        }

        return connection.RunAsync(
            MongoLane.Clients,
            async rows =>
            {
                if (await rows.UpdateAsync(MongoTimerSchema.Timers, TimerUpdates.Erase(read, at)) != 1)
                {
                    return false;
                }

                // Last: a timer that was replayed meanwhile needs them. If this fails, the purge or the next create of the id does it.
                await rows.DeleteAsync(MongoTimerSchema.Attempts, new BsonDocument("_id.timer", MongoBson.Uuid(read.Key)));
                return true;
            },
            cancellationToken);
    }

    /// <summary>
    /// Stores timers in the places of erased ones, in the order given: the first that was accepted after the erasure has the key.
    /// </summary>
    private async Task AddOverErasedAsync(
        IReadOnlyList<Received<TimerScheduled>> created, IReadOnlyCollection<Guid> keys, CancellationToken cancellationToken)
    {
        foreach (var chunk in keys.Chunk(RowsPerCommand))
        {
            await connection.RunAsync(
                MongoLane.Clients,
                async rows =>
                {
                    var filter = new BsonDocument { { "_id", MongoBson.In(chunk) }, { "state", MongoTimerSchema.Erased } };
                    foreach (var erased in await rows.FindAsync(MongoTimerSchema.Timers, filter, new MongoFind(ErasureOnly)))
                    {
                        var (key, at) = (erased["_id"].AsUuid(), erased["createdAt"].ToInt64());
                        if (created.FirstOrDefault(each => each.Message.TimerId == key
                            && StoredInstants.ToTicks(each.Message.CreatedAt) > at) is { } first)
                        {
                            await AddOverErasedAsync(rows, first, at, erased["occurrence"].ToInt32() + 1);
                        }
                    }

                    return true;
                },
                cancellationToken);
        }
    }

    private static async Task AddOverErasedAsync(MongoRows rows, Received<TimerScheduled> created, long at, int occurrence)
    {
        // Those that an interrupted erasure has left are not the new timer's.
        var key = MongoBson.Uuid(created.Message.TimerId);
        await rows.DeleteAsync(MongoTimerSchema.Attempts, new BsonDocument("_id.timer", key));
        var row = new BsonDocument();
        using (var writer = new BsonDocumentWriter(row))
        {
            writer.WriteStartDocument();
            new NewTimerRow(created.Tenant, created.Message, StoredSpec.Write(created.Message.Spec), occurrence).Write(writer);
            writer.WriteEndDocument();
        }

        // If it has another create of the id meanwhile, that one was first.
        await rows.UpdateAsync(MongoTimerSchema.Timers, new ReplaceOneModel<BsonDocument>(
            new BsonDocument { { "_id", key }, { "state", MongoTimerSchema.Erased }, { "createdAt", at } }, row));
    }
}
