using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Revenue;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;

namespace Infrastructure.Revenue.Mongo;

/// <summary>
/// Revenue in MongoDB. Entries first, then the sums: each is one operation on one document, and the message that is not confirmed comes
/// again.
/// </summary>
/// <param name="connection">The database.</param>
/// <param name="archives">Whether an archive is kept.</param>
internal sealed partial class MongoRevenueStore(MongoConnection connection, bool archives = false) : IRevenueStore, IRevenueArchive
{
    /// <summary>Rows of one command.</summary>
    private const int MaxRows = 1_000;

    /// <summary>Ranges of one query.</summary>
    private const int MaxUsersPerRead = 100;

    public async Task AddAsync(IReadOnlyList<Received<RevenueReceived>> messages, CancellationToken cancellationToken)
    {
        ReceivedRevenue.Check(messages);
        foreach (var (from, to, _) in BatchSteps.Of(messages, each => each.Message.Events.Count, MaxRows))
        {
            var some = messages.Skip(from).Take(to - from).ToList();
            await RunAsync(rows => AddAsync(rows, some), cancellationToken);
        }
    }

    public async Task AdjustAsync(IReadOnlyList<Received<RevenueAdjusted>> messages, CancellationToken cancellationToken)
    {
        ReceivedRevenue.Check(messages);
        foreach (var some in messages.Chunk(MaxRows))
        {
            await RunAsync(rows => AdjustAsync(rows, some), cancellationToken);
        }
    }

    public async Task EraseAsync(IReadOnlyList<Received<RevenueUserErased>> messages, CancellationToken cancellationToken)
    {
        ReceivedRevenue.Check(messages);
        foreach (var message in messages)
        {
            await RunAsync(rows => MongoRevenueErasure.EraseAsync(rows, message), cancellationToken);
        }
    }

    public Task<IReadOnlyList<EventSource?>> FindSourcesAsync(
        string tenant, IReadOnlyList<(string User, string EventId)> entries, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<EventSource?>>(
            async rows =>
            {
                List<BsonValue> keys = [.. entries.Select(each =>
                    MongoRevenueKeys.Entry(MongoRevenueKeys.User(tenant, each.User), each.EventId))];
                var found = await MongoRevenueBatch.FindSourcesAsync(rows, keys);
                return [.. keys.Select(key => found.TryGetValue(key, out var each) ? each.Source : (EventSource?)null)];
            },
            cancellationToken);

    public Task<LogPosition?> FindErasureAsync(string tenant, string user, CancellationToken cancellationToken) => RunAsync(
        async rows => (await MongoRevenueErasure.FindAsync(rows, [MongoRevenueKeys.User(tenant, user)])).Values
            .Where(erasure => erasure.IsDone).Select(erasure => (LogPosition?)erasure.Position).FirstOrDefault(),
        cancellationToken);

    public async Task<RevenueUser?> FindAsync(string tenant, string user, CancellationToken cancellationToken) =>
        await FindAsync(tenant, [user], cancellationToken) is [var found] ? found : null;

    public Task<IReadOnlyList<RevenueUser>> FindAsync(string tenant, IReadOnlyList<string> users, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<RevenueUser>>(
            async rows =>
            {
                var keys = users.Select(user => new BsonBinaryData(MongoRevenueKeys.User(tenant, user)));
                return await ReadUsersAsync(rows, await rows.FindAsync(
                    MongoRevenueSchema.Users, new BsonDocument("_id", new BsonDocument("$in", new BsonArray(keys)))));
            },
            cancellationToken);

    public Task<RevenueUserPage> ListAsync(string tenant, string? after, int limit, CancellationToken cancellationToken) =>
        RunAsync(
            async rows =>
            {
                var filter = new BsonDocument { { "tenant", tenant }, { "name", new BsonDocument("$gt", after ?? string.Empty) } };
                var page = await rows.FindAsync(
                    MongoRevenueSchema.Users, filter, new MongoFind(Sort: new BsonDocument("name", 1), Limit: limit + 1));
                var items = await ReadUsersAsync(rows, [.. page.Take(limit)]);
                return new RevenueUserPage(items, page.Count > limit ? items[^1].Id : null);
            },
            cancellationToken);

    public Task<IReadOnlyList<LedgerEntry>> ReadAsync(
        string tenant, string user, RevenueRange range, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<LedgerEntry>>(
            async rows =>
            {
                var key = MongoRevenueKeys.User(tenant, user);
                var places = new BsonDocument
                {
                    { "$gte", MongoRevenueKeys.Place(key, range.From, []) }, { "$lt", MongoRevenueKeys.Place(key, range.To, []) },
                };
                var filter = new BsonDocument(MongoEntry.Place, places);
                if (range.After is { } after)
                {
                    var last = MongoRevenueKeys.Place(key, after.At, MongoRevenueKeys.EventHash(after.EventId));
                    var beyond = new BsonDocument(range.IsNewestFirst ? "$lt" : "$gt", last);
                    filter = new BsonDocument("$and", new BsonArray { filter, new BsonDocument(MongoEntry.Place, beyond) });
                }

                var order = new BsonDocument(MongoEntry.Place, range.IsNewestFirst ? -1 : 1);
                return (await rows.FindAsync(MongoRevenueSchema.Entries, filter, new MongoFind(Sort: order, Limit: range.Limit)))
                    .ConvertAll(MongoEntry.Read);
            },
            cancellationToken);

    public Task<IReadOnlyList<RevenueSum>> SumAsync(
        string tenant, string? user, IReadOnlyList<long> boundaries, CancellationToken cancellationToken)
    {
        // Once here, so that wrong ones are the caller's fault and not the store's.
        _ = new RevenueSteps(boundaries, long.MinValue);
        return RunAsync(
            async rows =>
            {
                var scope = user is null ? MongoRevenueKeys.All(tenant) : MongoRevenueKeys.User(tenant, user);
                var steps = new RevenueSteps(boundaries, await MongoRevenuePurge.ReadAsync(rows));
                foreach (var (span, from, to) in steps.Ranges())
                {
                    foreach (var row in await rows.FindAsync(
                        MongoRevenueSchema.Sums, MongoRevenueSums.Between(scope, span, from, to)))
                    {
                        foreach (var ((slot, currency), sum) in MongoRevenueSums.Read(row))
                        {
                            var number = MongoRevenueSums.NumberOf(row["_id"], slot);
                            if (number >= from && number < to)
                            {
                                steps.Add(span, number, currency, sum);
                            }
                        }
                    }
                }

                return steps.ToSums();
            },
            cancellationToken);
    }

    private Task<T> RunAsync<T>(Func<MongoRows, Task<T>> work, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Clients, work, cancellationToken);

    private async Task<bool> AddAsync(MongoRows rows, List<Received<RevenueReceived>> messages)
    {
        var purged = await MongoRevenuePurge.ReadAsync(rows);
        var batch = new MongoRevenueBatch(rows, archives);
        foreach (var received in await LeaveOutErasedAsync(rows, messages, each => (each.User, each.Stamp)))
        {
            var message = received.Message;
            batch.See(received.Tenant, message.User, message.Stamp);
            for (var i = 0; i < message.Events.Count; i++)
            {
                var each = message.Events[i];
                if (each.At >= purged)
                {
                    var entry = new LedgerEntry(
                        each.EventId, each.At, each.ToEffect(), each.Currency, each.Name, null, null, message.Stamp.ReceivedAt,
                        message.Stamp.Address);
                    batch.Add(
                        received.Tenant, message.User, entry, new EventSource(received.Source, i),
                        isReplay: received.Source != received.Position);
                }
            }
        }

        await batch.CompleteAsync();
        return true;
    }

    private async Task<bool> AdjustAsync(MongoRows rows, IReadOnlyList<Received<RevenueAdjusted>> messages)
    {
        var purged = await MongoRevenuePurge.ReadAsync(rows);
        var batch = new MongoRevenueBatch(rows, archives);
        var kept = await LeaveOutErasedAsync(rows, messages, each => (each.User, each.Stamp));
        var originals = await FindAdjustableAsync(rows, kept.Select(OriginalOf));
        foreach (var received in kept)
        {
            var message = received.Message;
            if (message.At < purged || !originals.TryGetValue(OriginalOf(received), out var original)
                || !IsBefore(MongoEntry.SourceOf(original).Position, received.Position))
            {
                continue;
            }

            batch.See(received.Tenant, message.User, message.Stamp);
            var entry = new LedgerEntry(
                message.EventId, message.At, message.Delta, MongoEntry.CurrencyOf(original), null, message.Original, message.Reason,
                message.Stamp.ReceivedAt, message.Stamp.Address);
            batch.Add(
                received.Tenant, message.User, entry, new EventSource(received.Source, 0),
                isReplay: received.Source != received.Position);
        }

        await batch.CompleteAsync();
        return true;

        static BsonValue OriginalOf(Received<RevenueAdjusted> each) =>
            MongoRevenueKeys.Entry(MongoRevenueKeys.User(each.Tenant, each.Message.User), each.Message.Original);

        // Those of other logs came before.
        static bool IsBefore(LogPosition original, LogPosition position) =>
            original.Epoch != position.Epoch || original.Partition != position.Partition || original.Offset < position.Offset;
    }

    private static async Task<Dictionary<BsonValue, BsonDocument>> FindAdjustableAsync(MongoRows rows, IEnumerable<BsonValue> ids)
    {
        var filter = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(ids.Distinct())));
        return (await rows.FindAsync(MongoRevenueSchema.Entries, filter)).Where(MongoEntry.IsAdjustable).ToDictionary(row => row["_id"]);
    }

    private static async Task<IReadOnlyList<Received<T>>> LeaveOutErasedAsync<T>(
        MongoRows rows, IReadOnlyList<Received<T>> messages, Func<T, (string User, EventStamp Stamp)> read)
    {
        var keys = messages.Select(each => (each.Tenant, read(each.Message).User)).Distinct()
            .ToDictionary(each => each, each => MongoRevenueKeys.User(each.Tenant, each.User));
        var erased = await MongoRevenueErasure.FindAsync(rows, keys.Values);
        return [.. messages.Where(each => erased.GetValueOrDefault(new BsonBinaryData(keys[(each.Tenant, read(each.Message).User)]))
            ?.Covers(each.Source, read(each.Message).Stamp) != true)];
    }

    private static async Task<IReadOnlyList<RevenueUser>> ReadUsersAsync(MongoRows rows, IReadOnlyList<BsonDocument> users)
    {
        var balances = users.ToDictionary(
            user => user["_id"], _ => new SortedDictionary<string, RevenueDelta>(StringComparer.Ordinal));
        foreach (var some in users.Chunk(MaxUsersPerRead))
        {
            var ranges = new BsonArray(some.Select(user => MongoRevenueKeys.SumsBetween(
                user["_id"].AsBsonBinaryData.Bytes, MongoSumKind.Balance, 0, 1)));
            foreach (var row in await rows.FindAsync(MongoRevenueSchema.Sums, new BsonDocument("$or", ranges)))
            {
                var of = balances[new BsonBinaryData(MongoRevenueKeys.ScopeOf(row["_id"]))];
                foreach (var ((_, currency), sum) in MongoRevenueSums.Read(row))
                {
                    of[currency] = of.GetValueOrDefault(currency) + sum;
                }
            }
        }

        return [.. users.Select(user => new RevenueUser(
            user["name"].AsString,
            [.. balances[user["_id"]].Where(each => each.Value.Events > 0).Select(each => new RevenueBalance(
                each.Key, each.Value.Added - each.Value.Subtracted, each.Value.Events))],
            StoredInstants.FromMilliseconds(user["seen"].AsInt64)))];
    }
}
