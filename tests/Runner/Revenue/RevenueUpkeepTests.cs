using Contracts.Common;
using Contracts.Revenue;
using Infrastructure.Revenue;
using Microsoft.Extensions.Options;
using Runner.Revenue;
using Tests.Contract.Revenue;
using Tests.Support;

namespace Tests.Runner.Revenue;

/// <summary>What the common jobs do with revenue.</summary>
public sealed class RevenueUpkeepTests
{
    private static readonly Guid Epoch = Guid.NewGuid();
    private SqliteRevenueStorage storage = null!;

    [SetUp]
    public void Open() => storage = new SqliteRevenueStorage(onDisk: false);

    [TearDown]
    public void Close() => storage.Dispose();

    [TestCase(35, 1)]
    [TestCase(40, 2)]
    public async Task Ids_are_forgotten_when_they_have_outlived_their_purged_entries(int days, int counted)
    {
        var upkeep = Create(new RevenueOptions { Retention = TimeSpan.FromDays(10), ClaimRetention = TimeSpan.FromDays(35) });
        var at = TickTime.Of(Clocks.Noon.AddDays(-20));
        await AddAsync(at, 0);
        await PurgeAsync(upkeep, Clocks.Noon.AddDays(-10));

        // 36 days after it was purged from; the same id, of something new.
        await PurgeAsync(upkeep, Clocks.Noon.AddDays(days - 20));
        await AddAsync(TickTime.Of(Clocks.Noon.AddDays(days)), 1);

        Assert.That((await storage.Store.FindAsync("default", "u", default))!.Balances[0].Events, Is.EqualTo(counted));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_balance_that_drifts_from_the_ledger_is_told_and_put_right_if_that_is_set(bool repair)
    {
        await AddAsync(TickTime.Of(Clocks.Noon), 0);
        storage.SpoilBalances("u");
        var upkeep = Create(new RevenueOptions { Repair = repair });
        Assert.That(upkeep.Repairs, Is.EqualTo(repair));

        var told = await upkeep.RebuildAsync(null, upkeep.Repairs, default);
        var again = await upkeep.RebuildAsync(null, upkeep.Repairs, default);

        Assert.That(told.Drifted, Has.Count.EqualTo(1).And.Some.Contains("The user 'u'"));
        Assert.That(again.Drifted, Has.Count.EqualTo(repair ? 0 : 1));
    }

    private static async Task PurgeAsync(RevenueUpkeep upkeep, DateTimeOffset before)
    {
        string? after = null;
        do
        {
            after = (await upkeep.PurgeAsync(before, after, default)).Next;
        }
        while (after is not null);
    }

    private Task AddAsync(long at, long offset) => storage.Store.AddAsync(
        [new(new RevenueReceived("u", [new RevenueEvent("e", "add_revenue", RevenueSign.Add, Amount.Of(1), "USD", at)], new(Clocks.Noon)),
            new(Epoch, 0, offset))],
        default);

    private RevenueUpkeep Create(RevenueOptions options) => new(storage.Store, Options.Create(options));
}
