using Contracts.Common;
using Contracts.Items;
using Contracts.Messaging;

namespace Tests.Contract.Items;

/// <summary>What a store is to say, computed naively from lists of all that happened with .NET's own calendar.</summary>
internal sealed class ItemModel
{
    private readonly List<Received<ItemTransferred>> transfers = [];
    private readonly List<(Guid Id, DateTime At)> users = [];
    private readonly List<(Guid Id, DateTime At)> items = [];
    private long purged = long.MinValue;

    public void Apply(Received<UserCreated> user) => Add(users, user.Message.User, user.Message.At);

    public void Apply(Received<ItemCreated> item) => Add(items, item.Message.Item, item.Message.At);

    public void Apply(Received<ItemTransferred> transfer)
    {
        if (transfer.Message.At >= purged && !transfers.Exists(each =>
            each.Message.Item == transfer.Message.Item && each.Message.EventId == transfer.Message.EventId))
        {
            transfers.Add(transfer);
        }
    }

    /// <summary>What is older and not the latest of its item is gone, and what is older and comes later is left out.</summary>
    public void Purge(DateTimeOffset day) => purged = Math.Max(purged, TickTime.Of(day));

    /// <summary>Compares all that a store says of the default tenant.</summary>
    public async Task AssertIsAsync(IItemStore store)
    {
        foreach (var group in transfers.GroupBy(each => each.Message.Item))
        {
            var ordered = group.OrderBy(each => each.Message.At).ThenBy(each => each.Position.Offset).ToList();
            var history = await store.ReadHistoryAsync(Tenant.Default, group.Key, new ItemHistoryRange(100_000), default);
            Assert.That(history.Select(each => each.EventId), Is.EqualTo(
                ordered.Where(each => each.Message.At >= purged || each == ordered[^1]).Select(each => each.Message.EventId)));
            var owner = await store.FindOwnersAsync(Tenant.Default, [group.Key], default);
            Assert.That(owner.Single().To, Is.EqualTo(ordered[^1].Message.To));
        }

        await AssertCountsAsync(store, ItemStatistic.Users, users.ConvertAll(each => each.At));
        await AssertCountsAsync(store, ItemStatistic.Items, items.ConvertAll(each => each.At));
        await AssertCountsAsync(store, ItemStatistic.Transfers, transfers.ConvertAll(each => TimeOf(each.Message.At)));
    }

    private static async Task AssertCountsAsync(IItemStore store, ItemStatistic what, List<DateTime> instants)
    {
        foreach (var unit in Enum.GetValues<ItemUnit>())
        {
            var right = instants.GroupBy(at => StartOf(unit, at)).OrderByDescending(group => group.Key)
                .Select(group => (group.Key, group.Count())).ToList();
            foreach (var limit in (int[])[1, 3, 10_000])
            {
                var found = await store.CountAsync(Tenant.Default, what, unit, ItemPointRange.Of(limit), default);
                Assert.That(
                    found.Select(each => (TimeOf(each.At), (int)each.Count)), Is.EqualTo(right.Take(limit)), $"{what} by {unit}, {limit}");
            }
        }
    }

    private static DateTime StartOf(ItemUnit unit, DateTime at) => unit switch
    {
        ItemUnit.Millisecond => at.Date.AddMilliseconds(Math.Floor(at.TimeOfDay.TotalMilliseconds)),
        ItemUnit.Second => new DateTime(at.Year, at.Month, at.Day, at.Hour, at.Minute, at.Second),
        ItemUnit.Minute => new DateTime(at.Year, at.Month, at.Day, at.Hour, at.Minute, 0),
        ItemUnit.Hour => new DateTime(at.Year, at.Month, at.Day, at.Hour, 0, 0),
        ItemUnit.Day => at.Date,
        ItemUnit.Week => at.DayOfWeek == DayOfWeek.Sunday ? at.Date.AddDays(-6) : at.Date.AddDays(1 - (int)at.DayOfWeek),
        ItemUnit.Month => new DateTime(at.Year, at.Month, 1),
        _ => new DateTime(at.Year, 1, 1),
    };

    private static DateTime TimeOf(long at) => DateTime.UnixEpoch.AddTicks(at);

    private static void Add(List<(Guid Id, DateTime At)> known, Guid id, long at)
    {
        if (!known.Exists(each => each.Id == id))
        {
            known.Add((id, TimeOf(at)));
        }
    }
}
