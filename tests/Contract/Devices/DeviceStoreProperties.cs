using Contracts.Devices;
using Contracts.Messaging;

namespace Tests.Contract.Devices;

/// <summary>Random messages, delivered again in any batches and by several logs, against a dictionary.</summary>
public abstract class DeviceStoreProperties : DeviceStoreSuite
{
    /// <summary>Few devices and instants, so that readings collide.</summary>
    private const int Devices = 3;
    private const int Instants = 12;

    [Test]
    public async Task Whatever_is_repeated_or_cut_differently_each_reading_counts_once([Range(1, 6)] int seed)
    {
        var random = new Random(seed);
        var model = new Dictionary<string, Dictionary<long, Int128>>();
        var log = new List<Received<ReadingsReceived>>();
        for (var i = 0; i < 60; i++)
        {
            var device = $"d{random.Next(Devices)}";
            var readings = Enumerable.Range(0, random.Next(1, 5)).Select(_ => (At: (long)random.Next(Instants), Count: random.NextInt64()))
                .ToArray();
            log.Add(Next(ReadingsOf(device, readings)));
            var of = model.TryGetValue(device, out var known) ? known : model[device] = [];
            foreach (var (at, count) in readings)
            {
                of.TryAdd(at, count);
            }
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

        foreach (var (device, expected) in model)
        {
            await AssertIsAsync(device, expected);
        }

        Assert.That((await Store.RebuildAsync(null, 100, repair: false, default)).Drifted, Is.Empty);
    }

    [Test]
    public async Task Totals_do_not_depend_on_the_order_of_arrival([Range(1, 3)] int seed)
    {
        var random = new Random(seed);
        var readings = Enumerable.Range(0, 200).Select(at => ((long)at * 10_000_000, (long)random.Next(-100, 100))).ToArray();
        var shuffled = readings.ToArray();
        random.Shuffle(shuffled);
        foreach (var chunk in shuffled.Chunk(17))
        {
            await AddAsync(chunk);
        }

        await AssertIsAsync(Device, readings.ToDictionary(each => each.Item1, each => (Int128)each.Item2));
    }

    [Test]
    public async Task Adjustments_erasures_and_readings_of_one_log_come_again_from_its_beginning([Range(1, 3)] int seed)
    {
        var random = new Random(seed);
        var model = new Dictionary<long, Int128>();
        var adjusted = new HashSet<string>();
        var log = new List<Func<Task>>();
        for (var i = 0; i < 40; i++)
        {
            var at = (long)random.Next(Instants);
            switch (random.Next(10))
            {
                case 0:
                    var erased = Next(new DeviceErased(Device, Stamp));
                    log.Add(() => Store.EraseAsync([erased], default));
                    model.Clear();
                    adjusted.Clear();
                    break;
                case < 4 when model.ContainsKey(at):
                    var adjustment = Next(new ReadingAdjusted(Device, at, random.Next(-50, 50), $"a{random.Next(5)}", Stamp));
                    log.Add(() => Store.AdjustAsync([adjustment], default));
                    if (adjusted.Add($"{at} {adjustment.Message.EventId}"))
                    {
                        model[at] += adjustment.Message.Delta;
                    }

                    break;
                default:
                    var reading = Next(Readings((at, random.Next(100))));
                    log.Add(() => Store.AddAsync([reading], default));
                    model.TryAdd(at, reading.Message.Counts[0]);
                    break;
            }
        }

        foreach (var message in log)
        {
            await message();
        }

        await AssertIsAsync(Device, model);
        foreach (var message in log.Concat(log))
        {
            await message();
        }

        await AssertIsAsync(Device, model);
    }
}
