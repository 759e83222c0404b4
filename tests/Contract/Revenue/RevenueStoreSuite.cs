using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Revenue;
using Tests.Support;

namespace Tests.Contract.Revenue;

/// <summary>A fresh store for every test, and short words for common steps.</summary>
public abstract class RevenueStoreSuite
{
    protected const string User = "user1";
    protected static readonly Guid Epoch = Guid.Parse("0b0b6d8e-3d9a-4d5f-8f8a-1f3b5c7d9e22");
    protected static readonly EventStamp Stamp = new(Clocks.Noon, "203.0.113.0");
    private IRevenueStorage? storage;
    private long offset;

    protected IRevenueStorage Storage => storage!;

    protected IRevenueStore Store => Storage.Store;

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

    protected abstract IRevenueStorage CreateStorage();

    /// <summary>A message at the next offset of the log.</summary>
    protected Received<T> Next<T>(T message, string tenant = Tenant.Default) =>
        new(message, new LogPosition(Epoch, 0, offset++)) { Tenant = tenant };

    protected static Amount Of(string amount) =>
        Amount.Read(amount, out var read) is { } problem ? throw new ArgumentException(problem, nameof(amount)) : read;

    protected static RevenueEvent Event(
        string id, string value, RevenueSign sign = RevenueSign.Add, string currency = "USD", DateTimeOffset? at = null) =>
        new(id, sign == RevenueSign.Add ? "add_revenue" : "subtract_revenue", sign, Of(value), currency, TickTime.Of(at ?? Clocks.Noon));

    protected static RevenueReceived Events(params RevenueEvent[] events) => new(User, events, Stamp);

    protected static RevenueReceived EventsOf(string user, params RevenueEvent[] events) => new(user, events, Stamp);

    protected static RevenueAdjusted Adjustment(string original, string id, string delta, DateTimeOffset? at = null) =>
        new(User, original, id, Of(delta), TickTime.Of(at ?? Clocks.Noon), Stamp, "refund");

    protected async Task<Received<RevenueReceived>> AddAsync(params RevenueEvent[] events)
    {
        var received = Next(Events(events));
        await Store.AddAsync([received], default);
        return received;
    }

    protected async Task<Received<RevenueAdjusted>> AdjustAsync(RevenueAdjusted adjusted)
    {
        var received = Next(adjusted);
        await Store.AdjustAsync([received], default);
        return received;
    }

    /// <summary>Balances as text, USD 1.5 (2): the amount, and the number of entries.</summary>
    protected async Task<string> BalancesAsync(string user = User, string tenant = Tenant.Default) =>
        await Store.FindAsync(tenant, user, default) is { } found
            ? string.Join(", ", found.Balances.Select(each => $"{each.Currency} {each.Total} ({each.Events})")) : "nobody";

    protected async Task<LedgerEntry[]> LedgerAsync(string user = User, RevenueRange? range = null, string tenant = Tenant.Default) =>
        [.. await Store.ReadAsync(tenant, user, range ?? RevenueRange.Of(100_000), default)];

    /// <summary>Sums as text, in hours since noon: 0 USD +5 -2 (3).</summary>
    protected async Task<string> SumsAsync(string? user, DateTimeOffset[] boundaries, string tenant = Tenant.Default) =>
        string.Join(", ", (await Store.SumAsync(tenant, user, [.. boundaries.Select(TickTime.Of)], default)).Select(each =>
            $"{(TickTime.ToInstant(each.At) - Clocks.Noon).TotalHours} {each.Currency} +{each.Added} -{each.Subtracted} ({each.Events})"));

    /// <summary>What a whole comparison finds, of all users and of all days.</summary>
    protected async Task<IReadOnlyList<string>> DriftAsync(bool repair = false, int limit = 2)
    {
        var drifted = new List<string>();
        string? next = null;
        do
        {
            var report = await Store.RebuildAsync(next, limit, repair, default);
            drifted.AddRange(report.Drifted);
            next = report.Next;
        }
        while (next is not null);

        return drifted;
    }

    protected async Task<int> PurgeAsync(DateTimeOffset before, DateTimeOffset? forgetBefore = null, int limit = 1_000)
    {
        var deleted = 0;
        string? next = null;
        do
        {
            var step = await Store.PurgeAsync(
                TickTime.Of(before), forgetBefore is { } at ? TickTime.Of(at) : long.MinValue, next, limit, default);
            deleted += step.Deleted;
            next = step.Next;
        }
        while (next is not null);

        return deleted;
    }
}
