using Contracts.Common;
using Contracts.Sites;
using Infrastructure.Sites;
using Infrastructure.Storage;
using Microsoft.Extensions.Options;
using Runner.Sites;
using Tests.Contract.Sites;
using Tests.Support;

namespace Tests.Runner.Sites;

/// <summary>What the common jobs do with sites.</summary>
public sealed class SiteUpkeepTests
{
    private static readonly Guid Epoch = Guid.NewGuid();
    private SqliteSiteStorage storage = null!;

    [SetUp]
    public void Open() => storage = new SqliteSiteStorage(onDisk: false);

    [TearDown]
    public void Close() => storage.Dispose();

    [Test]
    public async Task Salts_of_days_that_are_over_are_forgotten_and_that_of_today_is_not()
    {
        var today = DateOnly.FromDateTime(Clocks.Noon.UtcDateTime);
        await storage.Salts.EnsureAsync(today, new byte[16], default);
        await storage.Salts.EnsureAsync(today.AddDays(-1), new byte[16], default);

        await Create(new SiteOptions()).PurgeAsync(DateTimeOffset.MinValue, null, default);

        var other = new byte[16];
        other[0] = 1;
        Assert.That(await storage.Salts.EnsureAsync(today, other, default), Is.Not.EqualTo(other));
        Assert.That(await storage.Salts.EnsureAsync(today.AddDays(-1), other, default), Is.EqualTo(other));
    }

    [TestCase(35, 0)]
    [TestCase(40, 1)]
    public async Task Ids_are_forgotten_when_they_have_outlived_their_purged_events(int days, int stored)
    {
        var upkeep = Create(new SiteOptions { Retention = TimeSpan.FromDays(10), ClaimRetention = TimeSpan.FromDays(35) });
        var at = TickTime.Of(Clocks.Noon.AddDays(-20));
        await AddAsync(at, 0);
        await PurgeAsync(upkeep, Clocks.Noon.AddDays(-10));

        // 36 days after it was purged from; the same id, of something new.
        await PurgeAsync(upkeep, Clocks.Noon.AddDays(days - 20));
        await AddAsync(TickTime.Of(Clocks.Noon.AddDays(days)), 1);

        Assert.That((await storage.Store.FindAsync("default", "s", default))!.Events, Is.EqualTo(stored));
    }

    private static async Task PurgeAsync(SiteUpkeep upkeep, DateTimeOffset before)
    {
        string? after = null;
        do
        {
            after = (await upkeep.PurgeAsync(before, after, default)).Next;
        }
        while (after is not null);
    }

    private Task AddAsync(long at, long offset) => storage.Store.AddAsync(
        [new(new SiteEventsReceived("s", [new SiteEvent(at, "t", "/", "e")], new(Clocks.Noon)), new(Epoch, 0, offset))], default);

    private SiteUpkeep Create(SiteOptions options) =>
        new(storage.Store, storage.Salts, new WallClock(Clocks.AtNoon()), Options.Create(options));
}
