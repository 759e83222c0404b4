using Consumer.Items;
using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Contracts.Messaging;
using Tests.Contract.Items;
using Tests.Support;

namespace Tests.Consumer;

/// <summary>What is told of transfers, and what is not.</summary>
public sealed class StoreTransfersHandlerTests
{
    private static readonly Guid Epoch = Guid.NewGuid();

    [Test]
    public async Task Of_what_came_too_late_for_the_purge_nobody_is_told_and_of_what_was_stored_in_time_again()
    {
        using var storage = new SqliteItemStorage(onDisk: false);
        var (announced, notices) = (new Announced(), new RecordedNotices());
        var handler = new StoreTransfersHandler(storage.Store, new ItemNews(notices, announced));
        var stored = Transfer("stored", 0, Clocks.Noon.AddDays(-3));
        await handler.HandleAsync([stored, Transfer("last", 1, Clocks.Noon.AddDays(-2))], default);
        var noon = TickTime.Of(Clocks.Noon);
        await storage.Store.PurgeAsync(new ItemExpiry(noon, noon, long.MinValue), null, 10, default);
        announced.Ids.Clear();

        await handler.HandleAsync(
            [Transfer("late", 2, Clocks.Noon.AddDays(-1)), stored, Transfer("new", 3, Clocks.Noon)], default);

        Assert.That(announced.Ids, Is.EqualTo(new[] { "stored", "new" }));
    }

    private static Received<ItemTransferred> Transfer(string id, long offset, DateTimeOffset at) => new(
        new ItemTransferred(Epoch, id, Epoch, TickTime.Of(at), new EventStamp(Clocks.Noon)), new LogPosition(Epoch, 0, offset));

    private sealed class Announced : IAnnouncements<ItemHappened>
    {
        public List<string?> Ids { get; } = [];

        public Task AnnounceAsync(string tenant, IReadOnlyList<ItemHappened> messages, CancellationToken cancellationToken)
        {
            Ids.AddRange(messages.Select(each => each.EventId));
            return Task.CompletedTask;
        }
    }
}
