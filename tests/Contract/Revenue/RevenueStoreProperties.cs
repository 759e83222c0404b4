using Contracts.Common;
using Contracts.Messaging;
using Contracts.Revenue;

namespace Tests.Contract.Revenue;

/// <summary>Random messages, delivered again in any batches, against a naive model.</summary>
public abstract class RevenueStoreProperties : RevenueStoreSuite
{
    private static readonly string[] Users = ["u0", "u1", "u2"];
    private static readonly string[] Currencies = ["USD", "EUR", "JPY", "BTC"];
    private static readonly string[] Zones = ["UTC", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"];

    [Test]
    public async Task Whatever_is_repeated_or_cut_differently_each_event_counts_once([Range(1, 6)] int seed)
    {
        var random = new Random(seed);
        var model = new RevenueModel();
        var log = Enumerable.Range(0, 60).Select(_ => Next(RandomEvents(random, ids: 30))).ToList();
        foreach (var message in log)
        {
            model.Apply(message.Message);
        }

        // A consumer that starts again from an earlier offset, or from the beginning, with batches of any size.
        for (var next = 0; next < log.Count;)
        {
            next = random.Next(4) == 0 ? random.Next(next + 1) : next;
            var batch = log.Skip(next).Take(random.Next(1, 12)).ToList();
            await Store.AddAsync(batch, default);
            next += batch.Count;
        }

        await Store.AddAsync(log, default);

        await AssertIsAsync(model, random);
    }

    [Test]
    public async Task Balances_ledger_and_sums_do_not_depend_on_the_order_of_arrival([Range(1, 3)] int seed)
    {
        var random = new Random(seed);
        var model = new RevenueModel();
        var events = Enumerable.Range(0, 150).Select(i => RandomEvent(random, $"{i}")).ToArray();
        model.Apply(EventsOf(Users[0], events));
        random.Shuffle(events);
        foreach (var chunk in events.Chunk(17))
        {
            await Store.AddAsync([Next(EventsOf(Users[0], chunk))], default);
        }

        await AssertIsAsync(model, random);
    }

    [Test]
    public async Task Events_adjustments_and_erasures_of_one_log_come_again_from_its_beginning([Range(1, 4)] int seed)
    {
        var random = new Random(seed);
        var model = new RevenueModel();
        var log = new List<Func<Task>>();
        for (var i = 0; i < 60; i++)
        {
            var user = Users[random.Next(Users.Length)];
            switch (random.Next(12))
            {
                case 0:
                    Take(Next(new RevenueUserErased(user, Stamp)), Store.EraseAsync);
                    break;
                case < 5:
                    Take(
                        Next(new RevenueAdjusted(
                            user, $"{random.Next(12)}", $"r{random.Next(8)}", RandomAmount(random, isSigned: true), RandomTick(random),
                            Stamp)),
                        Store.AdjustAsync);
                    break;
                default:
                    Take(Next(RandomEvents(random, ids: 12, user)), Store.AddAsync);
                    break;
            }
        }

        foreach (var message in log)
        {
            await message();
        }

        await AssertIsAsync(model, random);
        foreach (var message in log.Concat(log))
        {
            await message();
        }

        await AssertIsAsync(model, random);

        void Take<T>(Received<T> received, Func<IReadOnlyList<Received<T>>, CancellationToken, Task> store)
        {
            log.Add(() => store([received], default));
            model.Apply(received.Message!);
        }
    }

    private async Task AssertIsAsync(RevenueModel model, Random random)
    {
        await model.AssertIsAsync(Store, Users);
        foreach (var user in Users.Append(null))
        {
            foreach (var zone in Zones)
            {
                await model.AssertSumsAsync(Store, user, Boundaries(random, TimeZoneInfo.FindSystemTimeZoneById(zone)));
            }
        }

        Assert.That(await DriftAsync(), Is.Empty);
    }

    /// <summary>Steps of a random length in a zone's own calendar, over the days that events lie in, or a part of them.</summary>
    private static List<DateTimeOffset> Boundaries(Random random, TimeZoneInfo zone)
    {
        var local = new DateTime(2029, 12, 20).AddDays(random.Next(75));
        var step = random.Next(6);
        var found = new List<DateTimeOffset>();
        for (var i = 0; i < 12; i++)
        {
            // A time that clocks leave out has no instant of its own; .NET takes the offset of before.
            found.Add(new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime());
            local = step switch
            {
                0 => local.AddMinutes(15),
                1 => local.AddHours(1),
                2 => local.AddDays(1),
                3 => local.AddDays(7),
                4 => local.AddMonths(1),
                _ => local.AddYears(1),
            };
        }

        return found;
    }

    private static RevenueReceived RandomEvents(Random random, int ids, string? user = null) => EventsOf(
        user ?? Users[random.Next(Users.Length)],
        [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => RandomEvent(random, $"{random.Next(ids)}"))]);

    private static RevenueEvent RandomEvent(Random random, string id) => new(
        id, "any", (RevenueSign)random.Next(2), RandomAmount(random, isSigned: false), Currencies[random.Next(Currencies.Length)],
        RandomTick(random));

    /// <summary>Few of them on purpose at the borders of minutes and days.</summary>
    private static long RandomTick(Random random)
    {
        var at = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(60 * 24 * 90));
        return TickTime.Of(random.Next(3) switch { 0 => at, 1 => at.AddTicks(-1), _ => at.AddTicks(random.Next(600_000_000)) });
    }

    /// <summary>Zero, whole ones, hundredths, billionths, and large ones.</summary>
    private static Amount RandomAmount(Random random, bool isSigned)
    {
        var units = random.Next(5) switch
        {
            0 => 0,
            1 => random.NextInt64(1_000) * 1_000_000_000,
            2 => random.NextInt64(100_000) * 10_000_000,
            3 => random.NextInt64(1_000_000_000_000),
            _ => (Int128)random.NextInt64(1_000_000_000_000) * 1_000_000_000_000,
        };
        return new Amount(isSigned && random.Next(2) == 0 ? -units : units);
    }
}
