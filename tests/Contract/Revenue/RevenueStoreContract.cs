using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Revenue;
using Tests.Support;

namespace Tests.Contract.Revenue;

/// <summary>What revenue must be like in every store.</summary>
public abstract class RevenueStoreContract : RevenueStoreSuite
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;

    [Test]
    public async Task AddAsync_adds_and_subtracts_exactly_currency_by_currency()
    {
        await AddAsync(
            Event("a", "0.1"), Event("b", "0.2"), Event("c", "100", currency: "EUR"), Event("d", "0.05", RevenueSign.Subtract),
            Event("e", "0"));

        Assert.That(await BalancesAsync(), Is.EqualTo("EUR 100 (1), USD 0.25 (4)"));
        Assert.That((await Store.FindAsync(Tenant.Default, User, default))!.LastSeenAt, Is.EqualTo(Noon));
    }

    [Test]
    public async Task The_largest_and_smallest_amounts_add_up_beyond_64_and_96_bits()
    {
        const string Largest = "999999999999999.999999999";
        var events = Enumerable.Range(0, 500).Select(i => Event($"{i}", Largest)).ToArray();
        await AddAsync(events);
        await AddAsync(Event("small", "0.000000001", currency: "BTC"), Event("less", Largest, RevenueSign.Subtract, "BTC"));

        Assert.That(await BalancesAsync(), Is.EqualTo("BTC -999999999999999.999999998 (2), USD 499999999999999999.9999995 (500)"));
        Assert.That(await SumsAsync(null, [Noon, Noon.AddMinutes(1)]), Is.EqualTo(
            $"0 BTC +0.000000001 -{Largest} (2), 0 USD +499999999999999999.9999995 -0 (500)"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task An_unknown_user_is_not_there_and_has_no_ledger()
    {
        await AddAsync(Event("a", "1"));

        Assert.That(await BalancesAsync("other"), Is.EqualTo("nobody"));
        Assert.That(await BalancesAsync(User, "acme"), Is.EqualTo("nobody"));
        Assert.That(await LedgerAsync("other"), Is.Empty);
        Assert.That(await SumsAsync("other", [Noon, Noon.AddDays(1)]), Is.Empty);
        Assert.That(await SumsAsync(null, [Noon, Noon.AddDays(1)], "acme"), Is.Empty);
    }

    [Test]
    public async Task The_first_event_of_an_id_wins_within_a_message_a_batch_and_later()
    {
        var (first, second) = (Next(Events(Event("a", "0"), Event("a", "5"))), Next(Events(Event("a", "7"), Event("b", "1"))));
        await Store.AddAsync([first, second], default);
        await AddAsync(Event("b", "9", currency: "EUR"));

        Assert.That(await BalancesAsync(), Is.EqualTo("USD 1 (2)"));
        var sources = await Store.FindSourcesAsync(Tenant.Default, [(User, "a"), (User, "b"), (User, "c"), ("other", "a")], default);
        Assert.That(sources, Is.EqualTo(new EventSource?[]
            { new EventSource(first.Position, 0), new EventSource(second.Position, 1), null, null }));
    }

    [Test]
    public async Task Ids_are_those_of_a_user_and_compared_letter_by_letter()
    {
        await Store.AddAsync(
            [Next(Events(Event("a", "1"), Event("A", "2"), Event("ä", "4"), Event("a ", "8"))), Next(EventsOf("USER1", Event("a", "16")))],
            default);

        Assert.That(await BalancesAsync(), Is.EqualTo("USD 15 (4)"));
        Assert.That(await BalancesAsync("USER1"), Is.EqualTo("USD 16 (1)"));
    }

    [Test]
    public async Task Redelivery_in_other_batches_changes_nothing()
    {
        List<Received<RevenueReceived>> all =
            [.. Enumerable.Range(0, 20).Select(i => Next(Events(Event($"{i % 7}", $"{i}.5"), Event($"x{i}", "1"))))];
        await Store.AddAsync([.. all.Take(13)], default);
        await Store.AddAsync([.. all.Skip(5)], default);
        Assert.That(await BalancesAsync(), Is.EqualTo("USD 44.5 (27)"));

        await Store.AddAsync(all, default);
        foreach (var each in all)
        {
            await Store.AddAsync([each], default);
        }

        Assert.That(await BalancesAsync(), Is.EqualTo("USD 44.5 (27)"));
        Assert.That(await SumsAsync(null, [Noon, Noon.AddMinutes(1)]), Is.EqualTo("0 USD +44.5 -0 (27)"));
    }

    [Test]
    public async Task A_recreated_topic_begins_at_offset_zero_and_its_events_count()
    {
        await AddAsync(Event("a", "1"));
        var recreated = Guid.NewGuid();
        Received<RevenueReceived>[] all =
        [
            new(Events(Event("a", "9"), Event("b", "2")), new LogPosition(recreated, 0, 0)),
            new(Events(Event("c", "3")), new LogPosition(recreated, 0, 1)),
        ];

        await Store.AddAsync([all[0]], default);
        await Store.AddAsync(all, default);

        Assert.That(await BalancesAsync(), Is.EqualTo("USD 6 (3)"));
    }

    [Test]
    public async Task A_replayed_dead_letter_counts_once_under_its_first_position()
    {
        var died = Next(Events(Event("a", "1")));
        await AddAsync(Event("b", "2"));

        await Store.AddAsync([Next(died.Message) with { Source = died.Position }], default);
        await Store.AddAsync([Next(died.Message) with { Source = died.Position }], default);

        Assert.That(await BalancesAsync(), Is.EqualTo("USD 3 (2)"));
        var sources = await Store.FindSourcesAsync(Tenant.Default, [(User, "a")], default);
        Assert.That(sources[0], Is.EqualTo(new EventSource(died.Position, 0)));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task An_adjustment_is_an_entry_of_its_own_linked_to_the_original_in_its_currency()
    {
        await AddAsync(Event("a", "10", currency: "EUR"));
        var adjusted = await AdjustAsync(Adjustment("a", "r1", "-2.5", Noon.AddDays(1)));
        await AdjustAsync(Adjustment("a", "r1", "-2.5", Noon.AddDays(1)));
        await AdjustAsync(Adjustment("a", "r2", "0.5", Noon.AddDays(2)));

        Assert.That(await BalancesAsync(), Is.EqualTo("EUR 8 (3)"));
        var ledger = await LedgerAsync();
        Assert.That(ledger[1], Is.EqualTo(new LedgerEntry(
            "r1", TickTime.Of(Noon.AddDays(1)), Of("-2.5"), "EUR", null, "a", "refund", Noon, Stamp.Address)));
        Assert.That(await SumsAsync(User, [Noon, Noon.AddDays(1), Noon.AddDays(2), Noon.AddDays(3)]), Is.EqualTo(
            "0 EUR +10 -0 (1), 24 EUR +0 -2.5 (1), 48 EUR +0.5 -0 (1)"));
        Assert.That((await Store.FindSourcesAsync(Tenant.Default, [(User, "r1")], default))[0],
            Is.EqualTo(new EventSource(adjusted.Position, 0)));
    }

    [Test]
    public async Task An_adjustment_without_an_original_before_it_is_left_out_also_when_it_comes_again()
    {
        var early = Next(Adjustment("a", "r1", "5"));
        await Store.AdjustAsync([early], default);
        Assert.That(await BalancesAsync(), Is.EqualTo("nobody"));

        await AddAsync(Event("a", "1"));
        await Store.AdjustAsync([early], default);
        await AdjustAsync(Adjustment("a", "r2", "1"));

        // No adjustment has adjustments, and an event's id is not there for one.
        await Store.AdjustAsync([Next(Adjustment("r2", "r3", "10")), Next(Adjustment("a", "a", "10"))], default);
        Assert.That(await BalancesAsync(), Is.EqualTo("USD 2 (2)"));
    }

    [Test]
    public async Task ReadAsync_takes_a_range_in_pages_from_either_end()
    {
        await AddAsync([.. Enumerable.Range(0, 10).Select(i => Event($"e{i}", $"{i}", at: Noon.AddHours(i / 3)))]);

        Assert.That((await LedgerAsync(range: new RevenueRange(TickTime.Of(Noon.AddHours(1)), TickTime.Of(Noon.AddHours(3)), 99)))
            .Select(each => each.EventId), Is.EquivalentTo(new[] { "e3", "e4", "e5", "e6", "e7", "e8" }));
        foreach (var isNewestFirst in new[] { false, true })
        {
            var all = await LedgerAsync(range: RevenueRange.Of(99) with { IsNewestFirst = isNewestFirst });
            Assert.That(all.Select(each => each.At), isNewestFirst ? Is.Ordered.Descending : Is.Ordered);
            var paged = new List<LedgerEntry>();
            while (true)
            {
                var page = await LedgerAsync(range: RevenueRange.Of(4) with
                {
                    IsNewestFirst = isNewestFirst,
                    After = paged.Count == 0 ? null : (paged[^1].At, paged[^1].EventId),
                });
                if (page.Length == 0)
                {
                    break;
                }

                paged.AddRange(page);
            }

            Assert.That(paged, Is.EqualTo(all));
        }
    }

    [Test]
    public async Task Entries_say_when_and_from_where_they_came()
    {
        await Store.AddAsync(
            [
                Next(Events(Event("a", "1"))),
                Next(new RevenueReceived(User, [Event("b", "2", RevenueSign.Subtract, at: Noon.AddTicks(1))],
                    new EventStamp(Noon.AddSeconds(1)))),
            ],
            default);

        Assert.That(await LedgerAsync(), Is.EqualTo(new[]
        {
            new LedgerEntry("a", TickTime.Of(Noon), Of("1"), "USD", "add_revenue", null, null, Noon, Stamp.Address),
            new LedgerEntry("b", TickTime.Of(Noon) + 1, Of("-2"), "USD", "subtract_revenue", null, null, Noon.AddSeconds(1), null),
        }));
    }

    [Test]
    public async Task Tenants_have_users_and_sums_of_the_same_name_apart()
    {
        await Store.AddAsync(
            [Next(Events(Event("a", "1"))), Next(Events(Event("a", "2")), "acme"), Next(Events(Event("a", "3")), "beta")], default);

        Assert.That(await BalancesAsync(), Is.EqualTo("USD 1 (1)"));
        Assert.That(await BalancesAsync(User, "acme"), Is.EqualTo("USD 2 (1)"));
        Assert.That(await SumsAsync(null, [Noon, Noon.AddMinutes(1)], "beta"), Is.EqualTo("0 USD +3 -0 (1)"));
        Assert.That((await LedgerAsync(tenant: "acme")).Single().Effect, Is.EqualTo(Of("2")));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task ListAsync_pages_users_in_the_order_of_their_ids()
    {
        foreach (var user in new[] { "c", "a", "ä", "B", "b" })
        {
            await Store.AddAsync([Next(EventsOf(user, Event("1", "1"), Event("2", "2", currency: "EUR")))], default);
        }

        var first = await Store.ListAsync(Tenant.Default, null, 3, default);
        var rest = await Store.ListAsync(Tenant.Default, first.Next, 3, default);
        Assert.That(first.Items.Concat(rest.Items).Select(each => each.Id), Is.EqualTo(new[] { "B", "a", "b", "c", "ä" }));
        Assert.That(first.Items[0].Balances, Has.Count.EqualTo(2));
        Assert.That(rest.Next, Is.Null);
        var some = await Store.FindAsync(Tenant.Default, ["b", "unknown", "c"], default);
        Assert.That(some.Select(each => each.Id), Is.EquivalentTo(new[] { "b", "c" }));
    }

    [Test]
    public async Task Registered_names_are_kept_replaced_and_removed_for_each_tenant()
    {
        var schema = """{"type":"object"}"""u8.ToArray();
        Assert.That(await Store.RegisterAsync(Tenant.Default, new RevenueEventType("refund", RevenueSign.Add), default), Is.True);
        Assert.That(await Store.RegisterAsync(Tenant.Default, new RevenueEventType("bonus", RevenueSign.Add, schema), default), Is.True);
        Assert.That(
            await Store.RegisterAsync(Tenant.Default, new RevenueEventType("refund", RevenueSign.Subtract, schema), default), Is.False);
        Assert.That(await Store.RegisterAsync("acme", new RevenueEventType("refund", RevenueSign.Add), default), Is.True);

        Assert.That(await Store.ListTypesAsync(Tenant.Default, default), Is.EqualTo(new[]
            { new RevenueEventType("bonus", RevenueSign.Add, schema), new RevenueEventType("refund", RevenueSign.Subtract, schema) }));
        Assert.That(await Store.RegisterAsync(Tenant.Default, new RevenueEventType("bonus", RevenueSign.Add), default), Is.False);
        Assert.That(await Store.UnregisterAsync(Tenant.Default, "refund", default), Is.True);
        Assert.That(await Store.UnregisterAsync(Tenant.Default, "refund", default), Is.False);
        Assert.That(await Store.ListTypesAsync(Tenant.Default, default),
            Is.EqualTo(new[] { new RevenueEventType("bonus", RevenueSign.Add) }));
        Assert.That(await Store.ListTypesAsync("acme", default), Has.Count.EqualTo(1));
        Assert.That(await Store.ListTypesAsync("beta", default), Is.Empty);
    }

    [Test]
    public async Task Everything_survives_a_restart()
    {
        await AddAsync(Event("a", "1.5"), Event("b", "1", RevenueSign.Subtract));
        await Store.RegisterAsync(Tenant.Default, new RevenueEventType("bonus", RevenueSign.Add), default);
        Storage.Reopen();

        await AddAsync(Event("a", "9"), Event("c", "1"));

        Assert.That(await BalancesAsync(), Is.EqualTo("USD 1.5 (3)"));
        Assert.That(await LedgerAsync(), Has.Length.EqualTo(3));
        Assert.That(await Store.ListTypesAsync(Tenant.Default, default), Has.Count.EqualTo(1));
    }

    [Test]
    public void A_message_that_is_not_whole_or_has_no_position_is_rejected()
    {
        RevenueEvent[] wrong =
        [
            Event(string.Empty, "1"), Event("a", "-1"), Event("a", "1", currency: string.Empty), Event("a", "1", (RevenueSign)2),
            Event("a", "1") with { At = long.MaxValue }, Event("a", "1") with { Name = string.Empty },
            Event("a", "1") with { Value = Amount.Of(1_000_000_000_000_000) }, Event("a", "1", currency: new string('X', 13)),
        ];
        Assert.Multiple(() =>
        {
            foreach (var each in wrong)
            {
                Assert.That(
                    () => Store.AddAsync([Next(Events(each))], default), Throws.InstanceOf<MessageRejectedException>(), $"{each}");
            }

            Assert.That(() => Store.AddAsync([new Received<RevenueReceived>(Events(Event("a", "1")), LogPosition.None)], default),
                Throws.InstanceOf<MessageRejectedException>());
            Assert.That(() => Store.AddAsync([Next(EventsOf(string.Empty, Event("a", "1")))], default),
                Throws.InstanceOf<MessageRejectedException>());
            Assert.That(() => Store.AdjustAsync([Next(Adjustment(string.Empty, "r", "1"))], default),
                Throws.InstanceOf<MessageRejectedException>());
            Assert.That(() => Store.EraseAsync([Next(new RevenueUserErased(string.Empty, Stamp))], default),
                Throws.InstanceOf<MessageRejectedException>());
        });
    }
}
