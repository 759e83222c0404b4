using Contracts.Common;
using Contracts.Items;
using Tests.Support;

namespace Tests.Contract.Items;

/// <summary>What the Runner's upkeep of items must be like in every store.</summary>
public abstract class ItemUpkeepContract : ItemStoreSuite
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;

    [Test]
    public async Task TrimAsync_forgets_milliseconds_and_seconds_of_whole_minutes_alone([Values(1, 2, 1_000)] int limit)
    {
        await Store.AddAsync([.. Enumerable.Range(0, 6).Select(i => Next(Item(i, Noon.AddSeconds(i * 30).AddMilliseconds(5))))], default);

        var deleted = await TrimAsync(Noon.AddSeconds(119), limit);

        Assert.That(deleted, Is.GreaterThan(0));
        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Second), Is.EqualTo(
            "2030-06-01T12:02:30Z 1, 2030-06-01T12:02:00Z 1, 2030-06-01T12:01:30Z 1, 2030-06-01T12:01:00Z 1"));
        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Millisecond), Is.EqualTo(
            "2030-06-01T12:02:30.005Z 1, 2030-06-01T12:02:00.005Z 1, 2030-06-01T12:01:30.005Z 1, 2030-06-01T12:01:00.005Z 1"));
        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Minute), Is.EqualTo(
            "2030-06-01T12:02:00Z 2, 2030-06-01T12:01:00Z 2, 2030-06-01T12:00:00Z 2"));
        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Year), Is.EqualTo("2030-01-01T00:00:00Z 6"));
        Assert.That(await DriftAsync(), Is.Empty);
        Assert.That(await TrimAsync(Noon.AddSeconds(119), limit), Is.Zero);
    }

    [Test]
    public async Task What_comes_from_before_the_trimmed_instant_counts_by_minute_and_beyond()
    {
        await TrimAsync(Noon);
        await TrimAsync(Noon.AddHours(-1));
        await Store.AddAsync([Next(User(1, Noon.AddTicks(-1))), Next(User(2, Noon))], default);

        Assert.That(await CountAsync(ItemStatistic.Users, ItemUnit.Second), Is.EqualTo("2030-06-01T12:00:00Z 1"));
        Assert.That(await CountAsync(ItemStatistic.Users, ItemUnit.Minute), Is.EqualTo("2030-06-01T12:00:00Z 1, 2030-06-01T11:59:00Z 1"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task Messages_that_come_again_after_they_were_trimmed_change_nothing()
    {
        var all = Enumerable.Range(0, 10).Select(i => Next(Transfer(1, $"{i}", i, Noon.AddSeconds(i * 20)))).ToList();
        await Store.AddAsync(all, default);
        await TrimAsync(Noon.AddMinutes(2));
        var seconds = await CountAsync(ItemStatistic.Transfers, ItemUnit.Second);

        await Store.AddAsync(all, default);

        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Second), Is.EqualTo(seconds));
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Day), Is.EqualTo("2030-06-01T00:00:00Z 10"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task RebuildAsync_finds_wrong_counts_and_puts_them_right_when_it_may()
    {
        await AddAsync(Transfer(1, "a", 2), Transfer(1, "b", 3, Noon.AddSeconds(1)), Transfer(1, "c", 3, Noon.AddDays(1)));
        await Store.AddAsync([Next(User(1))], default);
        Storage.SpoilMinutesOfTransfers();
        var wrong = await CountAsync(ItemStatistic.Transfers, ItemUnit.Minute);

        Assert.That(await DriftAsync(), Has.Count.EqualTo(2).And.All.Contains("Transfers").And.All.Contains(Tenant.Default));
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Minute), Is.EqualTo(wrong), "it was only reported");
        Assert.That(await DriftAsync(repair: true, limit: 1), Has.Count.EqualTo(2));
        Assert.That(
            await CountAsync(ItemStatistic.Transfers, ItemUnit.Minute), Is.EqualTo("2030-06-02T12:00:00Z 1, 2030-06-01T12:00:00Z 2"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task RebuildAsync_makes_lost_counts_anew_and_messages_go_on_counting_once()
    {
        var users = Enumerable.Range(0, 5).Select(i => Next(User(i, Noon.AddMinutes(i)))).ToList();
        await Store.AddAsync(users, default);
        await Store.AddAsync([Next(Item(1))], default);
        Storage.LoseCounts();
        Assert.That(await CountAsync(ItemStatistic.Users, ItemUnit.Minute), Is.Empty);
        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Second), Is.Empty);

        Assert.That(await DriftAsync(repair: true), Has.Count.EqualTo(2));
        await Store.AddAsync([.. users, Next(User(9, Noon))], default);

        Assert.That(await CountAsync(ItemStatistic.Users, ItemUnit.Hour), Is.EqualTo("2030-06-01T12:00:00Z 6"));
        Assert.That(await CountAsync(ItemStatistic.Users, ItemUnit.Day), Is.EqualTo("2030-06-01T00:00:00Z 6"));
        Assert.That(await CountAsync(ItemStatistic.Users, ItemUnit.Minute), Does.EndWith("2030-06-01T12:00:00Z 2"));
        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Second), Is.EqualTo("2030-06-01T12:00:00Z 1"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task RebuildAsync_while_messages_come_finds_nothing_and_breaks_nothing()
    {
        var adding = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                await AddAsync(Transfer(i % 3, $"a{i}", i, Noon.AddMinutes(i)), Transfer(i % 3, $"b{i}", i, Noon.AddDays(i % 5)));
            }
        });
        while (!adding.IsCompleted)
        {
            await DriftAsync(repair: true);
        }

        await adding;

        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Year), Is.EqualTo("2030-01-01T00:00:00Z 80"));
        Assert.That(await DriftAsync(), Is.Empty);
    }
}
