using System.Diagnostics.Metrics;
using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Contracts.Messaging;
using Infrastructure.Items;
using Infrastructure.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Runner.Events;
using Runner.Items;
using Tests.Contract.Items;
using Tests.Support;

namespace Tests.Runner.Items;

/// <summary>What the common jobs do with items.</summary>
public sealed class ItemUpkeepTests
{
    private static readonly Guid Epoch = Guid.NewGuid();
    private static readonly Guid ItemId = Guid.NewGuid();
    private FakeTimeProvider time = null!;
    private SqliteItemStorage storage = null!;
    private ServiceProvider services = null!;
    private long offset;

    [SetUp]
    public void Open()
    {
        (storage, offset, time) = (new SqliteItemStorage(onDisk: false), 0, Clocks.AtNoon());
        services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    }

    [TearDown]
    public void Close()
    {
        storage.Dispose();
        services.Dispose();
    }

    [Test]
    public async Task Transfers_go_a_day_after_they_are_refused_in_as_many_steps_as_it_takes()
    {
        var upkeep = Create(new ItemOptions { Retention = TimeSpan.FromDays(10) });
        var midnight = time.GetUtcNow().AddHours(-12);
        for (var i = 1; i <= 1_200; i++)
        {
            await AddAsync($"{i}", midnight.AddDays(-11).AddMinutes(-i));
        }

        await AddAsync("kept", midnight.AddDays(-11));

        Assert.That(await RunAsync(upkeep), Is.EqualTo(1_200));
        Assert.That(await HistoryAsync(), Is.EqualTo("kept"));
    }

    [Test]
    public async Task Without_a_retention_nothing_goes()
    {
        await AddAsync("a", time.GetUtcNow().AddYears(-50));
        await AddAsync("b", time.GetUtcNow());

        Assert.That(await RunAsync(Create(new ItemOptions())), Is.Zero);
        Assert.That(await HistoryAsync(), Is.EqualTo("a b"));
        Assert.That(await storage.Store.FindPurgedAsync(default), Is.EqualTo(long.MinValue));
    }

    [TestCase(35, 2)]
    [TestCase(36, 3)]
    public async Task Ids_are_forgotten_when_they_have_outlived_their_purge_whatever_their_instants_are(int days, int counted)
    {
        var upkeep = Create(new ItemOptions { Retention = TimeSpan.FromDays(10), ClaimRetention = TimeSpan.FromDays(35) });
        await AddAsync("old", time.GetUtcNow().AddYears(-5));
        await AddAsync("last", time.GetUtcNow());
        await RunAsync(upkeep);

        time.Advance(TimeSpan.FromDays(days));
        await RunAsync(upkeep);
        await AddAsync("old", time.GetUtcNow());

        var years = await storage.Store.CountAsync(Tenant.Default, ItemStatistic.Transfers, ItemUnit.Year, ItemPointRange.Of(9), default);
        Assert.That(years.Sum(each => each.Count), Is.EqualTo(counted));
    }

    [Test]
    public async Task Ids_are_forgotten_also_once_the_retention_is_taken_back()
    {
        await AddAsync("old", time.GetUtcNow().AddDays(-20));
        await AddAsync("last", time.GetUtcNow());
        await RunAsync(Create(new ItemOptions { Retention = TimeSpan.FromDays(10) }));
        Assert.That(await IsKnownAsync(), Is.True);

        time.Advance(TimeSpan.FromDays(36));
        await RunAsync(Create(new ItemOptions()));

        Assert.That(await IsKnownAsync(), Is.False);

        async Task<bool> IsKnownAsync() =>
            (await storage.Store.FindSourcesAsync(Tenant.Default, [(ItemId, "old")], default))[0] is not null;
    }

    /// <summary>As the job does it.</summary>
    private Task<long> RunAsync(ItemUpkeep upkeep) => new EventUpkeep(
        new WallClock(time), new EventMetrics(services.GetRequiredService<IMeterFactory>()), new DriftFindings(),
        NullLogger<EventUpkeep>.Instance).PurgeAsync(upkeep, default);

    private Task AddAsync(string id, DateTimeOffset at) => storage.Store.AddAsync(
        [
            new Received<ItemTransferred>(
                new ItemTransferred(ItemId, id, ItemId, TickTime.Of(at), new EventStamp(Clocks.Noon)), new LogPosition(Epoch, 0, offset++)),
        ],
        default);

    private async Task<string> HistoryAsync() => string.Join(
        ' ', (await storage.Store.ReadHistoryAsync(Tenant.Default, ItemId, new ItemHistoryRange(2_000), default))
            .Select(each => each.EventId));

    private ItemUpkeep Create(ItemOptions options) => new(storage.Store, new WallClock(time), Options.Create(options));
}
