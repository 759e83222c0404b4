using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Revenue;
using Tests.Support;

namespace Tests.Contract.Revenue;

/// <summary>Sums by time, erasure, purge and comparison, as in every store.</summary>
public abstract class RevenueUpkeepContract : RevenueStoreSuite
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private static readonly DateTimeOffset Midnight = Noon.AddHours(-12);

    [Test]
    public async Task SumAsync_cuts_minutes_where_the_steps_begin()
    {
        await AddAsync(
            Event("a", "1", at: Noon.AddTicks(-1)), Event("b", "2", at: Noon), Event("c", "4", at: Noon.AddMinutes(1).AddTicks(-1)),
            Event("d", "8", RevenueSign.Subtract, at: Noon.AddMinutes(1)), Event("e", "16", currency: "EUR", at: Noon));

        Assert.That(await SumsAsync(User, [Noon.AddMinutes(-1), Noon]), Does.EndWith("USD +1 -0 (1)"));
        Assert.That(await SumsAsync(User, [Noon, Noon.AddMinutes(1)]), Is.EqualTo("0 EUR +16 -0 (1), 0 USD +6 -0 (2)"));
        Assert.That(await SumsAsync(null, [Noon, Noon.AddHours(1), Noon.AddHours(2)]),
            Is.EqualTo("0 EUR +16 -0 (1), 0 USD +6 -8 (3)"));

        // Within a minute: the first boundary takes all of its minute, and so does the last.
        Assert.That(await SumsAsync(User, [Noon.AddSeconds(30), Noon.AddSeconds(40)]), Is.EqualTo(
            $"{TimeSpan.FromSeconds(30).TotalHours} EUR +16 -0 (1), {TimeSpan.FromSeconds(30).TotalHours} USD +6 -0 (2)"));
    }

    [Test]
    public async Task SumAsync_takes_the_whole_calendar_in_one_step()
    {
        await AddAsync(
            Event("first", "1", at: DateTimeOffset.MinValue), Event("last", "2", at: DateTimeOffset.MaxValue), Event("before", "4",
                at: DateTimeOffset.UnixEpoch.AddTicks(-1)));

        var sums = await Store.SumAsync(
            Tenant.Default, null, [TickTime.Of(DateTimeOffset.MinValue), TickTime.Of(DateTimeOffset.MaxValue)], default);
        Assert.That(sums.Single(), Is.EqualTo(
            new RevenueSum(TickTime.Of(DateTimeOffset.MinValue), "USD", Of("7"), Amount.Of(0), 3)));
        Assert.That(await Store.SumAsync(Tenant.Default, User, [long.MinValue, 0, long.MaxValue], default), Is.EqualTo(new[]
        {
            new RevenueSum(long.MinValue, "USD", Of("5"), Amount.Of(0), 2), new RevenueSum(0, "USD", Of("2"), Amount.Of(0), 1),
        }));
    }

    [Test]
    public void SumAsync_refuses_boundaries_that_do_not_ascend()
    {
        Assert.That(() => Store.SumAsync(Tenant.Default, null, [1], default), Throws.ArgumentException);
        Assert.That(() => Store.SumAsync(Tenant.Default, null, [1, 2, 2], default), Throws.ArgumentException);
    }

    [Test]
    public async Task An_erased_user_is_gone_from_balances_ledger_and_all_sums_and_earlier_messages_do_not_bring_it_back()
    {
        var first = await AddAsync([.. Enumerable.Range(0, 50).Select(i => Event($"{i}", "1", at: Noon.AddMinutes(i)))]);
        await Store.AddAsync([Next(EventsOf("other", Event("a", "5")))], default);
        var adjusted = await AdjustAsync(Adjustment("1", "r", "10"));
        var erasure = Next(new RevenueUserErased(User, Stamp));

        await Store.EraseAsync([erasure], default);

        Assert.That(await Store.FindErasureAsync(Tenant.Default, User, default), Is.EqualTo(erasure.Position));
        Assert.That(await Store.FindErasureAsync(Tenant.Default, "other", default), Is.Null);
        await AssertGoneAsync();
        await Store.AddAsync([first], default);
        await Store.AdjustAsync([adjusted], default);
        await AssertGoneAsync();

        await AddAsync(Event("1", "3"));
        await Store.EraseAsync([erasure], default);
        await Store.AddAsync([first], default);
        Assert.That(await BalancesAsync(), Is.EqualTo("USD 3 (1)"));
        Assert.That(await SumsAsync(null, [Noon, Noon.AddHours(1)]), Is.EqualTo("0 USD +8 -0 (2)"));
        Assert.That(await DriftAsync(), Is.Empty);

        async Task AssertGoneAsync()
        {
            Assert.That(await BalancesAsync(), Is.EqualTo("nobody"));
            Assert.That(await LedgerAsync(), Is.Empty);
            Assert.That(await SumsAsync(User, [Noon, Noon.AddHours(1)]), Is.Empty);
            Assert.That(await SumsAsync(null, [Midnight, Midnight.AddDays(1)]), Is.EqualTo("-12 USD +5 -0 (1)"));
            Assert.That((await Store.FindSourcesAsync(Tenant.Default, [(User, "1")], default))[0], Is.Null);
            Assert.That(await DriftAsync(), Is.Empty);
        }
    }

    [Test]
    public async Task Of_another_log_an_erasure_covers_what_was_received_before_it()
    {
        var erasure = new RevenueUserErased(User, Stamp with { ReceivedAt = Noon.AddHours(1) });
        await AddAsync(Event("a", "1"));
        await Store.EraseAsync([Next(erasure)], default);
        var former = new LogPosition(Guid.NewGuid(), 0, 1_000);

        await Store.AddAsync([new Received<RevenueReceived>(Events(Event("a", "1")), former)], default);
        Assert.That(await BalancesAsync(), Is.EqualTo("nobody"));
        await Store.AddAsync(
            [
                new Received<RevenueReceived>(
                    Events(Event("b", "2")) with { Stamp = Stamp with { ReceivedAt = Noon.AddHours(2) } }, former with { Offset = 1_001 }),
            ],
            default);
        Assert.That(await BalancesAsync(), Is.EqualTo("USD 2 (1)"));
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(1_000)]
    public async Task Purged_days_leave_ledger_and_sums_while_balances_go_on_counting_them(int limit)
    {
        var old = await AddAsync(
            [.. Enumerable.Range(0, 20).Select(i => Event($"{i}", "1.5", i % 2 == 0 ? RevenueSign.Add : RevenueSign.Subtract,
                i < 15 ? "USD" : "EUR", Midnight.AddDays(-1).AddMinutes(i)))]);
        await AddAsync(Event("kept", "4", at: Midnight));
        await Store.AddAsync([Next(EventsOf("other", Event("x", "8", at: Midnight.AddTicks(-1))))], default);
        var before = await BalancesAsync();

        await PurgeAsync(Noon, limit: limit);

        Assert.That(await Store.FindPurgedAsync(default), Is.EqualTo(TickTime.Of(Midnight)), "whole days go");
        Assert.That(await BalancesAsync(), Is.EqualTo(before));
        Assert.That(await BalancesAsync("other"), Is.EqualTo("USD 8 (1)"));
        Assert.That((await LedgerAsync()).Single().EventId, Is.EqualTo("kept"));
        Assert.That(await SumsAsync(null, [Midnight.AddDays(-3), Midnight.AddDays(1)]), Is.EqualTo("-84 USD +4 -0 (1)"));
        Assert.That(await DriftAsync(), Is.Empty);

        // Neither anew nor again, and no adjustment of what is gone.
        await Store.AddAsync([old], default);
        await AddAsync(Event("late", "1", at: Midnight.AddTicks(-1)), Event("0", "1"));
        await AdjustAsync(Adjustment("0", "r", "1"));
        Assert.That(await BalancesAsync(), Is.EqualTo(before));
        Assert.That((await Store.FindSourcesAsync(Tenant.Default, [(User, "0")], default))[0],
            Is.EqualTo(new EventSource(old.Position, 0)));
    }

    [Test]
    public async Task A_purge_never_goes_back_and_forgets_ids_when_it_is_told_to()
    {
        await AddAsync(Event("a", "1", at: Midnight.AddDays(-2)), Event("b", "1", at: Midnight.AddDays(-1)), Event("c", "1"));
        await PurgeAsync(Midnight);
        await PurgeAsync(Midnight.AddDays(-10));
        Assert.That(await Store.FindPurgedAsync(default), Is.EqualTo(TickTime.Of(Midnight)));

        await PurgeAsync(Midnight, forgetBefore: Midnight.AddDays(-1));

        var sources = await Store.FindSourcesAsync(Tenant.Default, [(User, "a"), (User, "b"), (User, "c")], default);
        Assert.That(sources.Select(each => each is not null), Is.EqualTo(new[] { false, true, true }));
        await PurgeAsync(Midnight, forgetBefore: DateTimeOffset.MaxValue);
        Assert.That((await Store.FindSourcesAsync(Tenant.Default, [(User, "b"), (User, "c")], default)).Select(each => each is not null),
            Is.EqualTo(new[] { false, true }), "what is still there is never forgotten");
        Assert.That(await BalancesAsync(), Is.EqualTo("USD 3 (3)"));
    }

    [Test]
    public async Task A_user_of_whom_days_were_purged_can_be_erased()
    {
        await AddAsync(Event("a", "1", at: Midnight.AddDays(-2)), Event("b", "2"));
        await Store.AddAsync([Next(EventsOf("other", Event("a", "4")))], default);
        await PurgeAsync(Midnight);

        await Store.EraseAsync([Next(new RevenueUserErased(User, Stamp))], default);

        Assert.That(await BalancesAsync(), Is.EqualTo("nobody"));
        Assert.That(await SumsAsync(null, [Midnight, Midnight.AddDays(1)]), Is.EqualTo("-12 USD +4 -0 (1)"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [TestCase("balances")]
    [TestCase("sums")]
    [TestCase("sums of all")]
    public async Task A_wrong_sum_is_reported_and_put_right_if_that_is_wanted(string which)
    {
        await AddAsync(Event("old", "32", at: Midnight.AddDays(-2)), Event("a", "1"), Event("b", "2", RevenueSign.Subtract, "EUR"));
        for (var i = 0; i < 5; i++)
        {
            await Store.AddAsync([Next(EventsOf($"other{i}", Event("a", "4", at: Noon.AddDays(i))))], default);
        }

        await PurgeAsync(Midnight);
        Assert.That(await DriftAsync(), Is.Empty);
        switch (which)
        {
            case "balances":
                Storage.SpoilBalances(User);
                break;
            case "sums":
                Storage.SpoilSums(User);
                break;
            default:
                Storage.SpoilSumsOfAll();
                break;
        }

        Assert.That(await DriftAsync(), Is.Not.Empty);
        Assert.That(await DriftAsync(repair: true), Is.Not.Empty);

        Assert.That(await DriftAsync(), Is.Empty);
        Assert.That(await BalancesAsync(), Is.EqualTo("EUR -2 (1), USD 33 (2)"));
        Assert.That(await SumsAsync(User, [Noon, Noon.AddMinutes(1)]), Is.EqualTo("0 EUR +0 -2 (1), 0 USD +1 -0 (1)"));
        Assert.That(await SumsAsync(null, [Midnight, Midnight.AddDays(1)]), Is.EqualTo("-12 EUR +0 -2 (1), -12 USD +5 -0 (2)"));
    }
}
