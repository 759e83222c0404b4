using System.Globalization;
using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Contracts.Messaging;
using Infrastructure.Items.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Items.Sqlite;

/// <summary>Items in a SQLite file. A batch with its counts is one transaction, so that each is counted with it or not at all.</summary>
/// <param name="file">The file.</param>
internal sealed class SqliteItemStore(SqliteFile file) : IItemStore
{
    /// <summary>Rows of one transaction, so that other work never waits long.</summary>
    private const int MaxRows = 1_000;

    public Task AddAsync(IReadOnlyList<Received<UserCreated>> messages, CancellationToken cancellationToken)
    {
        ReceivedItems.Check(messages);
        return WriteAsync(messages, static (batch, each) => batch.Add(each), cancellationToken);
    }

    public Task AddAsync(IReadOnlyList<Received<BaseItemCreated>> messages, CancellationToken cancellationToken)
    {
        ReceivedItems.Check(messages);
        return WriteAsync(messages, static (batch, each) => batch.Add(each), cancellationToken);
    }

    public Task AddAsync(IReadOnlyList<Received<ItemCreated>> messages, CancellationToken cancellationToken)
    {
        ReceivedItems.Check(messages);
        return WriteAsync(messages, static (batch, each) => batch.Add(each), cancellationToken);
    }

    public Task AddAsync(IReadOnlyList<Received<ItemTransferred>> messages, CancellationToken cancellationToken)
    {
        ReceivedItems.Check(messages);
        return WriteAsync(messages, static (batch, each) => batch.Add(each), cancellationToken);
    }

    public async Task EraseAsync(IReadOnlyList<Received<ItemUserErased>> messages, CancellationToken cancellationToken)
    {
        ReceivedItems.Check(messages);
        foreach (var each in messages)
        {
            await file.Writer.RunAsync(
                WritePriority.Ingest,
                rows: 1,
                connection =>
                {
                    ItemErasure.Begin(connection, each);
                    return true;
                },
                cancellationToken);
            while (await file.Writer.RunAsync(
                WritePriority.Ingest, MaxRows,
                connection => ItemErasure.Continue(connection, each.Tenant, each.Message.User, MaxRows), cancellationToken) == MaxRows)
            {
                // In steps, so that other work never waits long. One that is interrupted goes on with the upkeep.
            }
        }

        await file.Writer.RunAsync(
            WritePriority.Ingest,
            rows: 1,
            connection =>
            {
                file.Log.Advance(connection, messages[^1].Position);
                return true;
            },
            cancellationToken);
    }

    public Task<int> ContinueErasuresAsync(int limit, CancellationToken cancellationToken) => file.Writer.RunAsync(
        WritePriority.Upkeep, limit, connection => ItemErasure.ContinueAny(connection, limit), cancellationToken);

    public Task<LogPosition?> FindErasureAsync(string tenant, Guid user, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => ItemErasure.Find(connection, tenant, user), cancellationToken);

    public Task<IReadOnlyList<ItemUser>> FindUsersAsync(string tenant, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => ItemRows.FindUsers(connection, tenant, ids), cancellationToken);

    public Task<IReadOnlyList<BaseItem>> FindBaseItemsAsync(string tenant, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => ItemRows.FindBaseItems(connection, tenant, ids), cancellationToken);

    public Task<IReadOnlyList<Item>> FindItemsAsync(string tenant, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => ItemRows.FindItems(connection, tenant, ids), cancellationToken);

    public Task<IReadOnlyList<ItemTransfer>> FindOwnersAsync(
        string tenant, IReadOnlyList<Guid> items, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => ItemRows.FindOwners(connection, tenant, items), cancellationToken);

    public Task<IReadOnlyList<EventSource?>> FindSourcesAsync(
        string tenant, IReadOnlyList<(Guid Item, string EventId)> transfers, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => ItemRows.FindSources(connection, tenant, transfers), cancellationToken);

    public Task<IReadOnlyList<ItemTransfer>> ReadHistoryAsync(
        string tenant, Guid item, ItemHistoryRange range, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => ItemRows.ReadHistory(connection, tenant, item, range), cancellationToken);

    public Task<IReadOnlyList<ItemUser>> ListUsersAsync(string tenant, ItemListRange range, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => ItemLists.Users(connection, tenant, range), cancellationToken);

    public Task<IReadOnlyList<BaseItem>> ListBaseItemsAsync(string tenant, ItemListRange range, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => ItemLists.BaseItems(connection, tenant, range), cancellationToken);

    public Task<IReadOnlyList<Item>> ListItemsAsync(string tenant, ItemListRange range, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => ItemLists.Items(connection, tenant, range), cancellationToken);

    public Task<IReadOnlyList<ItemTransfer>> ListTransfersAsync(
        string tenant, ItemListRange range, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => ItemLists.Transfers(connection, tenant, range), cancellationToken);

    public Task<IReadOnlyList<ItemPoint>> CountAsync(
        string tenant, ItemStatistic what, ItemUnit unit, ItemPointRange range, CancellationToken cancellationToken) =>
        file.ReadAsync(
            connection => SqliteSnapshot.Read(connection, () => ItemSums.Read(connection, tenant, what, unit, range)), cancellationToken);

    public Task<int> TrimAsync(long before, int limit, CancellationToken cancellationToken) => file.Writer.RunAsync(
        WritePriority.Upkeep, limit, connection => ItemSums.Trim(connection, before, limit), cancellationToken);

    public Task<PurgeStep> PurgeAsync(ItemExpiry expiry, string? after, int limit, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            WritePriority.Upkeep, limit, connection => ItemPurge.Run(connection, expiry, after, limit), cancellationToken);

    public Task<long> FindPurgedAsync(CancellationToken cancellationToken) =>
        file.ReadAsync(connection => ItemPurge.Read(connection).Before, cancellationToken);

    public async Task<DriftReport> RebuildAsync(string? after, int limit, bool repair, CancellationToken cancellationToken)
    {
        var begin = after is null ? (Tenant: 0L, What: 0L, Day: ItemTime.BeforeFirstDay) : Parse(after);
        var drifted = new List<string>();
        var compared = 0;
        foreach (var tenant in await file.ReadForRunnerAsync(SqliteTenants.List, cancellationToken))
        {
            foreach (var what in Enum.GetValues<ItemStatistic>())
            {
                var order = (tenant, (long)what).CompareTo((begin.Tenant, begin.What));
                if (order < 0)
                {
                    continue;
                }

                var last = order == 0 ? begin.Day : ItemTime.BeforeFirstDay;
                while (await FindNextAsync(tenant, what, last, cancellationToken) is { } day)
                {
                    if (compared == limit)
                    {
                        return new DriftReport(compared, drifted, FormattableString.Invariant($"{tenant} {(int)what} {last}"));
                    }

                    if (await CompareAsync(tenant, what, day, repair, cancellationToken) is { } difference)
                    {
                        drifted.Add(difference);
                    }

                    (last, compared) = (day, compared + 1);
                }
            }
        }

        return new DriftReport(compared, drifted, null);
    }

    private static (long Tenant, long What, long Day) Parse(string cursor)
    {
        var parts = Array.ConvertAll(
            cursor.Split(' '), part => long.Parse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        return (parts[0], parts[1], parts[2]);
    }

    private Task<long?> FindNextAsync(long tenant, ItemStatistic what, long after, CancellationToken cancellationToken) =>
        file.ReadForRunnerAsync(connection => ItemDay.FindNext(connection, tenant, what, after), cancellationToken);

    /// <summary>Compares while others write; what differs is compared again by the writer, which makes others wait, but is rare.</summary>
    private async Task<string?> CompareAsync(long tenant, ItemStatistic what, long day, bool repair, CancellationToken cancellationToken)
    {
        var difference = await file.ReadForRunnerAsync(
            connection => ItemDay.Compare(connection, tenant, what, day).Difference, cancellationToken);
        if (difference is not null && repair)
        {
            await file.Writer.RunAsync(
                WritePriority.Upkeep,
                rows: 1,
                connection =>
                {
                    ItemDay.Compare(connection, tenant, what, day).Repair(connection);
                    return true;
                },
                cancellationToken);
        }

        return difference;
    }

    private Task WriteAsync<T>(
        IReadOnlyList<Received<T>> messages, Func<ItemBatch, Received<T>, bool> store, CancellationToken cancellationToken) =>
        file.IngestAsync(messages, _ => 1, static connection => new ItemBatch(connection), store, cancellationToken);
}
