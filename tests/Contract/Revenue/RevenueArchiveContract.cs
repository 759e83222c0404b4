using Contracts.Common;
using Contracts.Revenue;
using Tests.Support;

namespace Tests.Contract.Revenue;

/// <summary>What is yet to be archived, as in every store.</summary>
public abstract class RevenueArchiveContract : RevenueStoreSuite
{
    [Test]
    public async Task Each_entry_waits_once_until_it_is_noted_whatever_is_repeated()
    {
        var first = await AddAsync(Event("a", "1"), Event("b", "2", RevenueSign.Subtract, "EUR"));
        await AdjustAsync(Adjustment("a", "c", "-0.5"));
        await Store.AddAsync([first], default);
        await AddAsync(Event("a", "9"));

        var waiting = await Storage.Archive.ReadAsync(null, 100, default);

        Assert.That(waiting.Select(each => (each.Tenant, each.User)), Is.All.EqualTo((Tenant.Default, User)));
        Assert.That(waiting.Select(each => each.Entry), Is.EquivalentTo(await LedgerAsync()));
        await Storage.Archive.NoteAsync([waiting[0].Mark, waiting[2].Mark], default);
        await Storage.Archive.NoteAsync([waiting[0].Mark], default);
        Assert.That(await Storage.Archive.ReadAsync(null, 100, default), Is.EqualTo(new[] { waiting[1] }));
        await Store.AddAsync([first], default);
        Assert.That(await Storage.Archive.ReadAsync(null, 100, default), Is.EqualTo(new[] { waiting[1] }), "it does not come back");
        Assert.That(await BalancesAsync(), Is.EqualTo("EUR -2 (1), USD 0.5 (2)"));
    }

    [Test]
    public async Task What_waits_is_read_in_pages_in_the_order_of_arrival()
    {
        for (var i = 0; i < 5; i++)
        {
            var stamp = Stamp with { ReceivedAt = Clocks.Noon.AddSeconds(i) };
            await Store.AddAsync(
                [Next(new RevenueReceived($"u{i}", [Event("x", "1"), Event("y", "2")], stamp), i % 2 == 0 ? Tenant.Default : "other")],
                default);
        }

        var read = new List<UnarchivedEntry>();
        for (IReadOnlyList<UnarchivedEntry> page; (page = await Storage.Archive.ReadAsync(
            read.Count == 0 ? null : read[^1].Mark, 3, default)).Count > 0;)
        {
            read.AddRange(page);
        }

        Assert.That(read.Select(each => each.User), Is.EqualTo(Enumerable.Range(0, 10).Select(i => $"u{i / 2}")));
        Assert.That(read.Select(each => each.Tenant), Is.EqualTo(Enumerable.Range(0, 10).Select(
            i => i / 2 % 2 == 0 ? Tenant.Default : "other")));
        Assert.That(read.Select(each => each.Mark), Is.Unique);
        Assert.That(read[0].Entry!.ReceivedAt, Is.EqualTo(Clocks.Noon));
    }

    [Test]
    public async Task What_is_erased_or_purged_is_archived_no_more()
    {
        await AddAsync(Event("a", "1", at: Clocks.Noon.AddDays(-9)), Event("b", "1"));
        await Store.AddAsync([Next(EventsOf("gone", Event("c", "1")))], default);
        await Store.EraseAsync([Next(new RevenueUserErased("gone", Stamp))], default);
        await Store.PurgeAsync(TickTime.Of(Clocks.Noon.AddDays(-5)), long.MinValue, null, 1_000, default);

        var waiting = await Storage.Archive.ReadAsync(null, 100, default);

        Assert.That(waiting.Select(each => each.Entry?.EventId).OfType<string>(), Is.EqualTo(new[] { "b" }));
        await Storage.Archive.NoteAsync([.. waiting.Select(each => each.Mark)], default);
        Assert.That(await Storage.Archive.ReadAsync(null, 100, default), Is.Empty);
    }

    [Test]
    public async Task A_store_is_bound_to_one_archive_for_good()
    {
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());

        Assert.That(await Storage.Archive.BindAsync(one, default), Is.EqualTo(one));
        Assert.That(await Storage.Archive.BindAsync(other, default), Is.EqualTo(one));
        Assert.That(await Storage.Archive.BindAsync(one, default), Is.EqualTo(one));
    }
}
