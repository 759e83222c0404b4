using Consumer.Devices;
using Consumer.Revenue;
using Consumer.Sites;
using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Revenue;
using Contracts.Sites;
using Tests.Contract.Devices;
using Tests.Contract.Revenue;
using Tests.Contract.Sites;
using Tests.Support;

namespace Tests.Consumer;

/// <summary>Of readings and events that came too late for the purge nobody is told: they are not stored.</summary>
public sealed class LateEventsTests
{
    private static readonly Guid Epoch = Guid.NewGuid();
    private static readonly EventStamp Stamp = new(Clocks.Noon);
    private static readonly long Noon = TickTime.Of(Clocks.Noon);
    private static readonly long Late = TickTime.Of(Clocks.Noon.AddDays(-2));

    [Test]
    public async Task Readings_before_the_purge_are_left_out_of_what_is_told()
    {
        using var storage = new SqliteDeviceStorage(onDisk: false);
        var announced = new Announced<ReadingsRecorded>();
        var handler = new StoreReadingsHandler(storage.Store, new RecordedNotices(), announced);
        await storage.Store.PurgeAsync(Noon, null, 10, default);

        await handler.HandleAsync(
        [
            Message(new ReadingsReceived("late", [Late, Late + 1], [1, 2], Stamp), 0),
            Message(new ReadingsReceived("some", [Noon + 2, Late, Noon + 1], [3, 4, 5], Stamp), 1),
            Message(new ReadingsReceived("new", [Noon], [6], Stamp), 2) with { Tenant = "acme" },
        ], default);

        Assert.That(
            announced.Messages.Select(each => (each.Device, each.Readings, each.LatestAt)),
            Is.EqualTo(new[] { ("some", 2, Noon + 2), ("new", 1, Noon) }));
        Assert.That((await storage.Store.FindAsync("default", "some", default))!.Readings, Is.EqualTo(2), "what is told is stored");
    }

    [Test]
    public async Task Events_of_a_site_before_the_purge_are_left_out_and_those_that_were_stored_in_time_are_told_again()
    {
        using var storage = new SqliteSiteStorage(onDisk: false);
        var announced = new Announced<SiteEventsRecorded>();
        var handler = new StoreSiteEventsHandler(storage.Store, new RecordedNotices(), announced);
        var stored = Message(new SiteEventsReceived("stored", [View("s", Late)], Stamp), 0);
        await handler.HandleAsync([stored], default);
        await storage.Store.PurgeAsync(Noon, long.MinValue, null, 10, default);
        announced.Messages.Clear();

        await handler.HandleAsync(
        [
            Message(new SiteEventsReceived("late", [View("a", Late)], Stamp), 1),
            Message(new SiteEventsReceived("some", [View("b", Late), View("c", Noon)], Stamp), 2),
            stored,
        ], default);

        Assert.That(announced.Messages.Select(each => (each.Site, each.Events)), Is.EqualTo(new[] { ("some", 1), ("stored", 1) }));
    }

    [Test]
    public async Task Of_revenue_before_the_purge_no_balance_is_told_but_of_what_was_stored_in_time_again()
    {
        using var storage = new SqliteRevenueStorage(onDisk: false);
        var announced = new Announced<BalanceChanged>();
        var handler = new StoreRevenueHandler(storage.Store, new BalanceNews(storage.Store, new RecordedNotices(), announced));
        var stored = Message(new RevenueReceived("stored", [Sale("s", Late)], Stamp), 0);
        await handler.HandleAsync([stored], default);
        await storage.Store.PurgeAsync(Noon, long.MinValue, null, 10, default);
        announced.Messages.Clear();

        await handler.HandleAsync(
        [
            Message(new RevenueReceived("late", [Sale("a", Late)], Stamp), 1),
            Message(new RevenueReceived("some", [Sale("b", Late), Sale("c", Noon)], Stamp), 2),
            stored,
        ], default);

        Assert.That(announced.Messages.Select(each => each.User), Is.EqualTo(new[] { "some", "stored" }));
    }

    private static Received<TMessage> Message<TMessage>(TMessage message, long offset) => new(message, new LogPosition(Epoch, 0, offset));

    private static SiteEvent View(string id, long at) => new(at, SiteEvent.PageView, "/", id);

    private static RevenueEvent Sale(string id, long at) => new(id, "add_revenue", RevenueSign.Add, Amount.Of(1), "USD", at);

    private sealed class Announced<TMessage> : IAnnouncements<TMessage>
    {
        public List<TMessage> Messages { get; } = [];

        public Task AnnounceAsync(string tenant, IReadOnlyList<TMessage> messages, CancellationToken cancellationToken)
        {
            Messages.AddRange(messages);
            return Task.CompletedTask;
        }
    }
}
