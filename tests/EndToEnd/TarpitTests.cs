using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>One receiver's trouble stays its own.</summary>
[NonParallelizable]
[Category(FaultReport.Category)]
public sealed class TarpitTests
{
    private const int Others = 2_000;

    [Test]
    public Task Ten_hanging_destinations_with_1000_timers_each_do_not_move_the_lateness_of_the_others() =>
        Bystanders.AreLeftAloneAsync(async () =>
    {
        var tarpits = new List<Receiver>();
        for (var i = 0; i < 10; i++)
        {
            tarpits.Add(await Receiver.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted)));
        }

        // The control has no tarpits and the same others at the same time, on the same processors.
        await using var receiver = await Receiver.StartAsync();
        await using var control = await StandaloneProcess.StartNewAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var (stuck, alone, others) = (new Journal(standalone.Http), new Journal(control.Http), new Journal(standalone.Http));
        var due = TimeProvider.System.GetUtcNow().AddSeconds(6);
        foreach (var tarpit in tarpits)
        {
            await stuck.CreateBatchAsync(1_000, _ => new { url = tarpit.At("/hang"), dueAt = due, timeout = "PT30S" });
        }

        // From when the tarpits are full.
        foreach (var journal in new[] { alone, others })
        {
            await journal.CreateBatchAsync(Others, i => new { url = receiver.At("/hook"), dueAt = due.AddMilliseconds((i * 2) + 1_000) });
        }

        await Eventually.That(
            () => receiver.Count == 2 * Others, TimeSpan.FromSeconds(60), () => $"the others arrive; {receiver.Count} did");
        FaultReport.Check("(12) beside ten tarpits", "embedded", 1, others.Evidence(receiver));
        Assert.That(tarpits.Sum(tarpit => tarpit.Count), Is.GreaterThan(1_000), "the tarpits are full");

        // What cannot be sent goes back instead of filling the memory.
        await Eventually.That(
            async () => await standalone.Http.CountAsync("armed") < 3_000, TimeSpan.FromSeconds(20),
            "what waits too long goes back to the store");
        foreach (var tarpit in tarpits)
        {
            await tarpit.DisposeAsync();
        }

        return (alone.Lateness(receiver), others.Lateness(receiver));
    });
}
