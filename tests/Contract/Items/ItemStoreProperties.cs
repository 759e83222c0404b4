using Contracts.Common;
using Contracts.Items;
using Contracts.Messaging;

namespace Tests.Contract.Items;

/// <summary>Random messages, delivered again in any batches and in any order, against a naive model.</summary>
public abstract class ItemStoreProperties : ItemStoreSuite
{
    [Test]
    public async Task Whatever_is_repeated_or_cut_differently_counts_once([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        var model = new ItemModel();
        var users = Make(80, () => new UserCreated(Id(random.Next(40)), RandomTick(random), Stamp), model.Apply);
        var items = Make(80, () => new ItemCreated(Id(random.Next(40)), Id(1_000), RandomTick(random), Stamp), model.Apply);
        var transfers = Make(120, () => RandomTransfer(random, $"{random.Next(30)}"), model.Apply);

        await DeliverAsync(users, Store.AddAsync, random);
        await DeliverAsync(transfers, Store.AddAsync, random);
        await DeliverAsync(items, Store.AddAsync, random);

        await model.AssertIsAsync(Store);
        Assert.That(await DriftAsync(limit: 7), Is.Empty);
    }

    [Test]
    public async Task Owners_histories_and_counts_do_not_depend_on_the_order_of_arrival([Range(1, 6)] int seed)
    {
        var random = new Random(seed);
        var model = new ItemModel();
        var number = 0;
        var transfers = Make(150, () => RandomTransfer(random, $"{number++}"), model.Apply).ToArray();
        random.Shuffle(transfers);

        foreach (var chunk in transfers.Chunk(13))
        {
            await Store.AddAsync(chunk, default);
        }

        await model.AssertIsAsync(Store);
        Assert.That(await DriftAsync(limit: 7), Is.Empty);
    }

    [Test]
    public async Task Purges_take_what_is_replaced_and_change_no_owner_and_no_count([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        var model = new ItemModel();
        List<Received<ItemTransferred>> log = [.. Enumerable.Range(0, 150).Select(i => Next(RandomTransfer(random, $"{random.Next(60)}")))];

        for (var next = 0; next < log.Count; next += 10)
        {
            // Some come again, also those that are purged, and those that were too late.
            var again = random.Next(2) == 0 ? log.Take(next).Skip(random.Next(next + 1)).Take(20).ToList() : [];
            var batch = again.Concat(log.Skip(next).Take(10)).ToList();
            await Store.AddAsync(batch, default);
            batch.ForEach(model.Apply);
            var day = new DateTimeOffset(2028, 12, 24, 0, 0, 0, TimeSpan.Zero).AddDays(random.Next(9)).AddYears(-random.Next(3));
            model.Purge(day);
            await PurgeAsync(day.AddHours(random.Next(24)), limit: random.Next(1, 20));
            await model.AssertIsAsync(Store);
        }

        Assert.That(await DriftAsync(limit: 7), Is.Empty);
        await Store.AddAsync(log, default);
        log.ForEach(model.Apply);
        await PurgeAsync(DateTimeOffset.MinValue, forgetBefore: DateTimeOffset.MaxValue);
        await model.AssertIsAsync(Store);
        Assert.That(await DriftAsync(repair: true), Is.Empty);
        await model.AssertIsAsync(Store);
    }

    /// <summary>A consumer that starts again from an earlier offset, or from the beginning, with batches of any size.</summary>
    private static async Task DeliverAsync<T>(
        List<Received<T>> log, Func<IReadOnlyList<Received<T>>, CancellationToken, Task> store, Random random)
    {
        for (var next = 0; next < log.Count;)
        {
            next = random.Next(4) == 0 ? random.Next(next + 1) : next;
            var batch = log.Skip(next).Take(random.Next(1, 25)).ToList();
            await store(batch, default);
            next += batch.Count;
        }

        await store(log, default);
    }

    private List<Received<T>> Make<T>(int count, Func<T> make, Action<Received<T>> apply)
    {
        List<Received<T>> log = [.. Enumerable.Range(0, count).Select(_ => Next(make()))];
        log.ForEach(apply);
        return log;
    }

    /// <summary>Of few items and instants, so that many are equal.</summary>
    private static ItemTransferred RandomTransfer(Random random, string id) =>
        new(Id(random.Next(4)), id, Id(random.Next(1_000)), RandomTick(random), Stamp);

    /// <summary>Over some years, some at the borders of minutes and days, some at the same instant.</summary>
    private static long RandomTick(Random random)
    {
        var at = new DateTimeOffset(2028, 12, 25, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(60 * 24 * 10));
        return TickTime.Of(random.Next(5) switch
        {
            0 => at,
            1 => at.AddTicks(-1),
            2 => at.AddYears(random.Next(-70, 10)),
            3 => new DateTimeOffset(2029, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(random.Next(3)),
            _ => at.AddTicks(random.Next(600_000_000)),
        });
    }
}
