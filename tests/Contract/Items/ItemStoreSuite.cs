using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Contracts.Messaging;
using Tests.Support;

namespace Tests.Contract.Items;

/// <summary>A fresh store for every test, and short words for common steps.</summary>
public abstract class ItemStoreSuite
{
    protected static readonly Guid Epoch = Guid.Parse("0b0b6d8e-3d9a-4d5f-8f8a-1f3b5c7d9e22");
    protected static readonly EventStamp Stamp = new(Clocks.Noon, "203.0.113.0");
    private IItemStorage? storage;
    private long offset;

    protected IItemStorage Storage => storage!;

    protected IItemStore Store => Storage.Store;

    [SetUp]
    public void Open()
    {
        offset = 0;
        storage = CreateStorage();
    }

    [TearDown]
    public void Close()
    {
        storage?.Dispose();
        storage = null;
    }

    protected abstract IItemStorage CreateStorage();

    /// <summary>An id that a test can say: the same for the same number.</summary>
    protected static Guid Id(int number) => new(number, 0, 7, 0x80, 0, 0, 0, 0, 0, 0, 1);

    /// <summary>A message at the next offset of the log.</summary>
    protected Received<T> Next<T>(T message, string tenant = Tenant.Default) =>
        new(message, new LogPosition(Epoch, 0, offset++)) { Tenant = tenant };

    protected static UserCreated User(int number, DateTimeOffset? at = null) => new(Id(number), TickTime.Of(at ?? Clocks.Noon), Stamp);

    protected static ItemCreated Item(int number, DateTimeOffset? at = null) =>
        new(Id(number), Id(1_000), TickTime.Of(at ?? Clocks.Noon), Stamp);

    protected static ItemTransferred Transfer(int item, string id, int to, DateTimeOffset? at = null) =>
        new(Id(item), id, Id(to), TickTime.Of(at ?? Clocks.Noon), Stamp);

    protected async Task AddAsync(params ItemTransferred[] transfers) =>
        await Store.AddAsync([.. transfers.Select(each => Next(each))], default);

    /// <summary>The number of the user who owns an item; null for nobody.</summary>
    protected async Task<int?> OwnerAsync(int item, string tenant = Tenant.Default) =>
        await Store.FindOwnersAsync(tenant, [Id(item)], default) is [var found] ? NumberOf(found.To) : null;

    /// <summary>The ids of an item's transfers, in order.</summary>
    protected async Task<string> HistoryAsync(int item, bool isNewestFirst = false, int limit = 1_000, string tenant = Tenant.Default)
    {
        var (pages, page) = (new List<string>(), (IReadOnlyList<ItemTransfer>)[]);
        (long, EventSource)? after = null;
        do
        {
            page = await Store.ReadHistoryAsync(tenant, Id(item), new ItemHistoryRange(limit, after, isNewestFirst), default);
            pages.AddRange(page.Select(each => each.EventId));
            after = page.Count > 0 ? (page[^1].At, page[^1].Source) : null;
        }
        while (page.Count == limit);

        return string.Join(' ', pages);
    }

    /// <summary>Points as text, with their beginnings: 2030-06-01T12:00:00Z 3, ….</summary>
    protected async Task<string> CountAsync(
        ItemStatistic what, ItemUnit unit, ItemPointRange? range = null, string tenant = Tenant.Default) => string.Join(
        ", ", (await Store.CountAsync(tenant, what, unit, range ?? ItemPointRange.Of(1_000), default))
            .Select(each => $"{ShortInstant.ToString(TickTime.ToInstant(each.At))} {each.Count}"));

    /// <summary>What a whole comparison finds.</summary>
    protected async Task<IReadOnlyList<string>> DriftAsync(bool repair = false, int limit = 2)
    {
        var drifted = new List<string>();
        string? next = null;
        do
        {
            var report = await Store.RebuildAsync(next, limit, repair, default);
            Assert.That(report.Checked, Is.LessThanOrEqualTo(limit));
            drifted.AddRange(report.Drifted);
            next = report.Next;
        }
        while (next is not null);

        return drifted;
    }

    /// <summary>Purges in steps to the end.</summary>
    /// <returns>Number of transfers that were deleted.</returns>
    protected async Task<int> PurgeAsync(
        DateTimeOffset before, DateTimeOffset? now = null, DateTimeOffset? forgetBefore = null, int limit = 500)
    {
        var expiry = new ItemExpiry(
            TickTime.Of(before), TickTime.Of(now ?? Clocks.Noon), TickTime.Of(forgetBefore ?? DateTimeOffset.MinValue));
        var deleted = 0;
        string? after = null;
        do
        {
            var step = await Store.PurgeAsync(expiry, after, limit, default);
            (deleted, after) = (deleted + step.Deleted, step.Next);
        }
        while (after is not null);

        return deleted;
    }

    protected async Task<int> TrimAsync(DateTimeOffset before, int limit = 1_000)
    {
        var (all, some) = (0, 0);
        do
        {
            all += some = await Store.TrimAsync(TickTime.Of(before), limit, default);
            Assert.That(some, Is.LessThanOrEqualTo(limit));
        }
        while (some == limit);

        return all;
    }

    private static int NumberOf(Guid id) => BitConverter.ToInt32(id.ToByteArray());
}
