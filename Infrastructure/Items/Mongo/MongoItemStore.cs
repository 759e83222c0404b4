using System.Globalization;
using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Contracts.Messaging;
using Infrastructure.Items.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;

namespace Infrastructure.Items.Mongo;

/// <summary>
/// Items in MongoDB. Rows first, then the counts: each is one operation on one document, and the message that is not confirmed comes
/// again.
/// </summary>
/// <param name="connection">The database.</param>
internal sealed class MongoItemStore(MongoConnection connection) : IItemStore
{
    /// <summary>Rows of one command.</summary>
    private const int MaxRows = 1_000;

    private static readonly BsonDocument NewestFirst = new(MongoItemRow.Place, -1);
    private static readonly BsonDocument InTime = new() { { MongoItemRow.Time, 1 }, { "_id", 1 } };
    private static readonly BsonDocument OldestFirst = new(MongoItemRow.Place, 1);

    public async Task AddAsync(IReadOnlyList<Received<UserCreated>> messages, CancellationToken cancellationToken)
    {
        ReceivedItems.Check(messages);
        var erased = await FindErasedAsync(messages, message => message.User, cancellationToken);
        await AddAsync(
            [.. messages.Where(each => !erased.Contains((each.Tenant, each.Message.User)))], MongoItemSchema.Users, ItemStatistic.Users,
            MongoItemRow.Of, cancellationToken);
    }

    public Task AddAsync(IReadOnlyList<Received<BaseItemCreated>> messages, CancellationToken cancellationToken)
    {
        ReceivedItems.Check(messages);
        return AddAsync(messages, MongoItemSchema.BaseItems, null, MongoItemRow.Of, cancellationToken);
    }

    public Task AddAsync(IReadOnlyList<Received<ItemCreated>> messages, CancellationToken cancellationToken)
    {
        ReceivedItems.Check(messages);
        return AddAsync(messages, MongoItemSchema.Items, ItemStatistic.Items, MongoItemRow.Of, cancellationToken);
    }

    public async Task AddAsync(IReadOnlyList<Received<ItemTransferred>> messages, CancellationToken cancellationToken)
    {
        ReceivedItems.Check(messages);
        await AddAsync(messages, MongoItemSchema.Transfers, ItemStatistic.Transfers, MongoItemRow.Of, cancellationToken);

        // Afterwards: of an erasure at the same time one of the two sees what the other has written.
        foreach (var (tenant, user) in await FindErasedAsync(messages, message => message.To, cancellationToken))
        {
            await RunAsync(rows => MongoItemErasure.StripAsync(rows, MongoItemKeys.Tenant(tenant), user), cancellationToken);
        }
    }

    public async Task EraseAsync(IReadOnlyList<Received<ItemUserErased>> messages, CancellationToken cancellationToken)
    {
        ReceivedItems.Check(messages);
        foreach (var each in messages)
        {
            await RunAsync(rows => MongoItemErasure.EraseAsync(rows, each), cancellationToken);
        }
    }

    /// <remarks>With a log of its own: the message of one that was interrupted comes again.</remarks>
    public Task<int> ContinueErasuresAsync(int limit, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<LogPosition?> FindErasureAsync(string tenant, Guid user, CancellationToken cancellationToken) =>
        RunAsync(rows => MongoItemErasure.FindAsync(rows, MongoItemKeys.Tenant(tenant), user), cancellationToken);

    public Task<IReadOnlyList<ItemUser>> FindUsersAsync(string tenant, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        FindAsync(MongoItemSchema.Users, tenant, ids, MongoItemRow.ReadUser, cancellationToken);

    public Task<IReadOnlyList<BaseItem>> FindBaseItemsAsync(
        string tenant, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        FindAsync(MongoItemSchema.BaseItems, tenant, ids, MongoItemRow.ReadBaseItem, cancellationToken);

    public Task<IReadOnlyList<Item>> FindItemsAsync(string tenant, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        FindAsync(MongoItemSchema.Items, tenant, ids, MongoItemRow.ReadItem, cancellationToken);

    public Task<IReadOnlyList<ItemTransfer>> FindOwnersAsync(
        string tenant, IReadOnlyList<Guid> items, CancellationToken cancellationToken) => RunAsync<IReadOnlyList<ItemTransfer>>(
        async rows =>
        {
            var (key, found) = (MongoItemKeys.Tenant(tenant), new List<ItemTransfer>());
            foreach (var item in items.Distinct())
            {
                // One seek each: what finds the last of many ranges at once would read all of their transfers.
                var places = MongoItemKeys.PlacesOf(key, item, null, isNewestFirst: true);
                found.AddRange(await ReadTransfersAsync(rows, places, NewestFirst, limit: 1));
            }

            return found;
        },
        cancellationToken);

    public Task<IReadOnlyList<EventSource?>> FindSourcesAsync(
        string tenant, IReadOnlyList<(Guid Item, string EventId)> transfers, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<EventSource?>>(
            async rows =>
            {
                var key = MongoItemKeys.Tenant(tenant);
                List<BsonValue> ids = [.. transfers.Select(each => MongoItemKeys.Transfer(key, each.Item, each.EventId))];
                var found = (await FindAsync(rows, MongoItemSchema.Transfers, ids)).ToDictionary(row => row["_id"], MongoItemRow.SourceOf);
                return [.. ids.Select(id => found.TryGetValue(id, out var source) ? new EventSource(source, 0) : (EventSource?)null)];
            },
            cancellationToken);

    public Task<IReadOnlyList<ItemTransfer>> ReadHistoryAsync(
        string tenant, Guid item, ItemHistoryRange range, CancellationToken cancellationToken) => RunAsync<IReadOnlyList<ItemTransfer>>(
        async rows =>
        {
            var key = MongoItemKeys.Tenant(tenant);
            var last = range.After is { } after ? MongoItemKeys.Place(key, item, after.At, after.Source.Position) : null;
            return await ReadTransfersAsync(
                rows, MongoItemKeys.PlacesOf(key, item, last, range.IsNewestFirst), range.IsNewestFirst ? NewestFirst : OldestFirst,
                range.Limit);
        },
        cancellationToken);

    public Task<IReadOnlyList<ItemUser>> ListUsersAsync(string tenant, ItemListRange range, CancellationToken cancellationToken) =>
        ListAsync(MongoItemSchema.Users, tenant, range, MongoItemRow.ReadUser, cancellationToken);

    public Task<IReadOnlyList<BaseItem>> ListBaseItemsAsync(string tenant, ItemListRange range, CancellationToken cancellationToken) =>
        ListAsync(MongoItemSchema.BaseItems, tenant, range, MongoItemRow.ReadBaseItem, cancellationToken);

    public Task<IReadOnlyList<Item>> ListItemsAsync(string tenant, ItemListRange range, CancellationToken cancellationToken) =>
        ListAsync(MongoItemSchema.Items, tenant, range, MongoItemRow.ReadItem, cancellationToken);

    public Task<IReadOnlyList<ItemTransfer>> ListTransfersAsync(
        string tenant, ItemListRange range, CancellationToken cancellationToken) =>
        ListAsync(MongoItemSchema.Transfers, tenant, range, MongoItemRow.ReadTransfer, cancellationToken);

    public Task<IReadOnlyList<ItemPoint>> CountAsync(
        string tenant, ItemStatistic what, ItemUnit unit, ItemPointRange range, CancellationToken cancellationToken) =>
        RunAsync(rows => MongoItemSums.ReadAsync(rows, MongoItemKeys.Tenant(tenant), what, unit, range), cancellationToken);

    public Task<int> TrimAsync(long before, int limit, CancellationToken cancellationToken) =>
        OnRunnerAsync(rows => MongoItemSums.TrimAsync(rows, before, limit), cancellationToken);

    public Task<PurgeStep> PurgeAsync(ItemExpiry expiry, string? after, int limit, CancellationToken cancellationToken) =>
        OnRunnerAsync(rows => MongoItemPurge.RunAsync(rows, expiry, after, limit), cancellationToken);

    public Task<long> FindPurgedAsync(CancellationToken cancellationToken) =>
        RunAsync(async rows => (await MongoItemPurge.ReadAsync(rows)).Before, cancellationToken);

    public async Task<DriftReport> RebuildAsync(string? after, int limit, bool repair, CancellationToken cancellationToken)
    {
        var (begin, beginWhat, beginDay) = after is null ? (string.Empty, 0, ItemTime.BeforeFirstDay) : Parse(after);
        var drifted = new List<string>();
        var compared = 0;
        foreach (var (key, name) in await OnRunnerAsync(rows => ReadTenantsAsync(rows, begin), cancellationToken))
        {
            var isFirst = key == begin;
            foreach (var what in Enum.GetValues<ItemStatistic>().Where(what => !isFirst || (int)what >= beginWhat))
            {
                var last = isFirst && (int)what == beginWhat ? beginDay : ItemTime.BeforeFirstDay;
                while (await FindNextAsync(new MongoItemDay(key, what, last), cancellationToken) is { } day)
                {
                    if (compared == limit)
                    {
                        return new DriftReport(compared, drifted, FormattableString.Invariant($"{key} {(int)what} {last}"));
                    }

                    if (await RunAsync(rows => MongoItemComparison.RunAsync(rows, day, repair), cancellationToken) is { } difference)
                    {
                        var date = DateTimeOffset.UnixEpoch.AddDays(day.Day);
                        drifted.Add(FormattableString.Invariant(
                            $"Of the tenant '{name}' the counts of {what} on {date:yyyy-MM-dd} {difference}."));
                    }

                    (last, compared) = (day.Day, compared + 1);
                }
            }
        }

        return new DriftReport(compared, drifted, null);
    }

    private static (string Tenant, int What, long Day) Parse(string cursor)
    {
        var parts = cursor.Split(' ');
        return (
            parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture),
            long.Parse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    private Task<T> RunAsync<T>(Func<MongoRows, Task<T>> work, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Clients, work, cancellationToken);

    private Task<T> OnRunnerAsync<T>(Func<MongoRows, Task<T>> work, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Runner, work, cancellationToken);

    private async Task AddAsync<T>(
        IReadOnlyList<Received<T>> messages, string collection, ItemStatistic? what, Func<byte[], LogPosition, T, MongoItemRow> toRow,
        CancellationToken cancellationToken)
    {
        foreach (var some in messages.Chunk(MaxRows))
        {
            await RunAsync(
                async rows =>
                {
                    var purged = what == ItemStatistic.Transfers ? (await MongoItemPurge.ReadAsync(rows)).Before : long.MinValue;
                    var batch = new MongoItemBatch(rows, collection, what);
                    foreach (var each in some)
                    {
                        var (row, isReplay) = (
                            toRow(batch.TenantOf(each.Tenant), each.Source, each.Message), each.Source != each.Position);
                        if (row.At < purged)
                        {
                            batch.AddLate(row, isReplay);
                        }
                        else
                        {
                            batch.Add(row, isReplay);
                        }
                    }

                    await batch.CompleteAsync();
                    if (what == ItemStatistic.Transfers)
                    {
                        await MongoItemPurge.NoteReplacedAsync(rows, batch.Counted);
                    }

                    return true;
                },
                cancellationToken);
        }
    }

    /// <summary>Those of some users who are erased, tenant by tenant.</summary>
    private async Task<HashSet<(string Tenant, Guid User)>> FindErasedAsync<T>(
        IReadOnlyList<Received<T>> messages, Func<T, Guid> userOf, CancellationToken cancellationToken)
    {
        var erased = new HashSet<(string, Guid)>();
        foreach (var group in messages.GroupBy(each => each.Tenant, StringComparer.Ordinal))
        {
            foreach (var users in group.Select(each => userOf(each.Message)).Distinct().Chunk(MaxRows))
            {
                erased.UnionWith((await RunAsync(
                    rows => MongoItemErasure.FindAsync(rows, MongoItemKeys.Tenant(group.Key), users), cancellationToken))
                    .Select(user => (group.Key, user)));
            }
        }

        return erased;
    }

    private Task<IReadOnlyList<T>> ListAsync<T>(
        string collection, string tenant, ItemListRange range, Converter<BsonDocument, T> read, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<T>>(
            async rows =>
            {
                var key = MongoItemKeys.Tenant(tenant);
                var (first, end) = (MongoItemKeys.Time(key, range.From), MongoItemKeys.Time(key, range.To));
                var filter = new BsonDocument(MongoItemRow.Time, new BsonDocument { { "$gte", first }, { "$lt", end } });
                if (range.After is { } after)
                {
                    var last = MongoItemKeys.Time(key, after.At);
                    var id = collection == MongoItemSchema.Transfers
                        ? MongoItemKeys.Transfer(key, after.Id, after.EventId) : MongoItemKeys.Id(key, after.Id);
                    filter = new BsonDocument("$or", new BsonArray
                    {
                        new BsonDocument { { MongoItemRow.Time, last }, { "_id", new BsonDocument("$gt", id) } },
                        new BsonDocument(MongoItemRow.Time, new BsonDocument { { "$gt", last }, { "$lt", end } }),
                    });
                }

                if (collection == MongoItemSchema.Transfers)
                {
                    // Claims of purged ones lie among them.
                    filter[MongoItemRow.Place] = new BsonDocument("$exists", true);
                }

                var found = await rows.FindAsync(collection, filter, new MongoFind(Sort: InTime, Limit: range.Limit));
                return found.ConvertAll(read);
            },
            cancellationToken);

    private Task<IReadOnlyList<T>> FindAsync<T>(
        string collection, string tenant, IReadOnlyList<Guid> ids, Converter<BsonDocument, T> read, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<T>>(
            async rows =>
            {
                var key = MongoItemKeys.Tenant(tenant);
                return (await FindAsync(rows, collection, ids.Select(id => MongoItemKeys.Id(key, id)))).ConvertAll(read);
            },
            cancellationToken);

    private static Task<List<BsonDocument>> FindAsync(MongoRows rows, string collection, IEnumerable<BsonValue> ids) =>
        rows.FindAsync(collection, new BsonDocument("_id", new BsonDocument("$in", new BsonArray(ids.Distinct()))));

    private static async Task<List<ItemTransfer>> ReadTransfersAsync(MongoRows rows, BsonDocument places, BsonDocument order, int limit) =>
        (await rows.FindAsync(
            MongoItemSchema.Transfers, new BsonDocument(MongoItemRow.Place, places), new MongoFind(Sort: order, Limit: limit)))
        .ConvertAll(MongoItemRow.ReadTransfer);

    /// <summary>Keys and names of all tenants from a key on.</summary>
    private static async Task<List<(string Key, string Name)>> ReadTenantsAsync(MongoRows rows, string from) =>
        [.. (await rows.FindAsync(MongoItemSchema.Tenants, []))
            .Select(row => (Convert.ToHexStringLower(row["_id"].AsBsonBinaryData.Bytes), row["name"].AsString))
            .Where(each => string.CompareOrdinal(each.Item1, from) >= 0).OrderBy(each => each.Item1, StringComparer.Ordinal)];

    /// <summary>The first day after one of which there are rows or counts; null if there is none.</summary>
    private Task<MongoItemDay?> FindNextAsync(MongoItemDay last, CancellationToken cancellationToken) => OnRunnerAsync(
        async rows =>
        {
            var (tenant, next) = (Convert.FromHexString(last.Tenant), last.Day + 1);
            if (last.What == ItemStatistic.Transfers)
            {
                next = Math.Max(next, ItemTime.NumberOf(ItemSpan.Day, (await MongoItemPurge.ReadAsync(rows)).Forgotten));
            }

            var times = new BsonDocument
            {
                { "$gte", MongoItemKeys.Time(tenant, next * TimeSpan.TicksPerDay) }, { "$lte", MongoItemKeys.Time(tenant, long.MaxValue) },
            };
            var row = await rows.FindAsync(
                MongoItemSchema.CollectionOf(last.What), new BsonDocument(MongoItemRow.Time, times),
                new MongoFind(new BsonDocument(MongoItemRow.Time, 1), new BsonDocument(MongoItemRow.Time, 1), Limit: 1));
            List<long> days = [.. row.Select(each => ItemTime.NumberOf(ItemSpan.Day, MongoItemRow.AtOf(each)))];
            if (await MongoItemSums.FindNextDayAsync(rows, tenant, last.What, next) is { } counted)
            {
                days.Add(counted);
            }

            return days.Count == 0 ? null : last with { Day = days.Min() };
        },
        cancellationToken);
}
