using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>One receiver's trouble stays its own.</summary>
[Category(FaultReport.Category)]
public sealed class TarpitTests
{
    [Test]
    public async Task Ten_hanging_destinations_with_1000_timers_each_do_not_move_the_lateness_of_the_others()
    {
        var tarpits = new List<Receiver>();
        for (var i = 0; i < 10; i++)
        {
            tarpits.Add(await Receiver.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted)));
        }

        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var stuck = new Journal(standalone.Http);
        var others = new Journal(standalone.Http);
        var due = TimeProvider.System.GetUtcNow().AddSeconds(6);
        foreach (var tarpit in tarpits)
        {
            await stuck.CreateBatchAsync(1_000, _ => new { url = tarpit.At("/hang"), dueAt = due, timeout = "PT30S" });
        }

        // Half of them before the tarpits fill, the same number while these are full.
        await others.CreateBatchAsync(4_000, i => new { url = receiver.At("/hook"), dueAt = due.AddMilliseconds((i * 2) - 2_000) });
        await Eventually.That(() => receiver.Count == 4_000, TimeSpan.FromSeconds(60), () => $"the others arrive; {receiver.Count} did");

        FaultReport.Check("(12) beside ten tarpits", "embedded", 1, others.Evidence(receiver));
        var alone = Median(receiver, arrival => arrival.DueAt < due);
        var beside = Median(receiver, arrival => arrival.DueAt > due.AddSeconds(1));
        Assert.That(tarpits.Sum(tarpit => tarpit.Count), Is.GreaterThan(1_000), "the tarpits are full");
        Assert.That(beside, Is.LessThan(alone + TimeSpan.FromMilliseconds(50)), $"alone {alone.TotalMilliseconds} ms");

        // What cannot be sent goes back instead of filling the memory.
        await Eventually.That(
            async () => await standalone.Http.CountAsync("armed") < 3_000, TimeSpan.FromSeconds(20), "what waits too long goes back to the store");
        foreach (var tarpit in tarpits)
        {
            await tarpit.DisposeAsync();
        }
    }

    private static TimeSpan Median(Receiver receiver, Func<Arrival, bool> which)
    {
        var lateness = receiver.Journal.Where(which).Select(arrival => arrival.At - arrival.DueAt).Order().ToList();
        return lateness[lateness.Count / 2];
    }
}
