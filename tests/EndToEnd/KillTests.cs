using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>kill -9 at each of the four moments of a timer's life, during 2,000 timers. The oracle is the receiver's journal.</summary>
[NonParallelizable]
[Category(FaultReport.Category)]
public sealed class KillTests
{
    private const int Count = 2_000;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Kill_while_creating_loses_no_acknowledged_timer()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var journal = new Journal(standalone.Http);

        var creating = journal.CreateAsync(Count, _ => new { url = receiver.At("/hook"), delay = "PT3S" });
        await Eventually.That(() => journal.Count >= Count / 2, MaxWait, "half of the creates are acknowledged");
        var killedAt = TimeProvider.System.GetUtcNow();
        await standalone.KillAsync();
        await creating;
        await standalone.StartAsync();

        // Nothing was under way to a receiver, so nothing may be repeated.
        var kill = new Fault("kill", killedAt, TimeProvider.System.GetUtcNow(), Doubt.Nothing);
        await journal.DeliveredAsync(receiver, MaxWait);
        FaultReport.Check("(1) kill -9 while creating", "embedded", 1, journal.Evidence(receiver, kill));
    }

    [Test]
    public async Task Kill_while_claiming_loses_nothing_and_repeats_nothing()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var journal = new Journal(standalone.Http);
        var due = TimeProvider.System.GetUtcNow().AddSeconds(4);
        await journal.CreateBatchAsync(Count, i => new { url = receiver.At("/hook"), dueAt = due.AddMilliseconds(i) });

        // Claims run from half a second before: armed timers are there, and not one of them is due.
        await Eventually.That(async () => await standalone.Http.CountAsync("armed") > 0, MaxWait, "timers are claimed");
        var killedAt = TimeProvider.System.GetUtcNow();
        await standalone.KillAsync();
        Assert.That(receiver.Count, Is.Zero);
        await standalone.StartAsync();
        var kill = new Fault("kill", killedAt, TimeProvider.System.GetUtcNow(), Doubt.Nothing);

        await journal.DeliveredAsync(receiver, MaxWait);
        await FinishedAsync(standalone, journal);
        FaultReport.Check("(1) kill -9 while claiming", "embedded", 1, journal.Evidence(receiver, kill));
    }

    [Test]
    public async Task Kill_while_sending_repeats_only_what_was_under_way_with_the_same_webhook_id()
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.Delay(100));
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var journal = new Journal(standalone.Http);
        await journal.CreateBatchAsync(Count, _ => new { url = receiver.At("/hook"), delay = "PT1S" });

        await Eventually.That(() => receiver.Count > Count / 4, MaxWait, "a quarter is on its way");
        await KilledAsync("sending", standalone, journal, receiver);
    }

    [Test]
    public async Task Kill_while_recording_repeats_only_what_was_not_yet_written_down()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var journal = new Journal(standalone.Http);
        await journal.CreateBatchAsync(Count, _ => new { url = receiver.At("/hook"), delay = "PT1S" });

        // Answers come at once, so at any moment of the burst outcomes are being written.
        await Eventually.That(() => receiver.Count > Count / 2, MaxWait, "half has arrived");
        await KilledAsync("recording", standalone, journal, receiver);
    }

    [Test]
    public async Task What_fell_due_while_it_was_down_fires_at_once_oldest_first_and_does_not_delay_what_is_on_time()
    {
        await using var receiver = await Receiver.StartAsync(
            context => context.Request.Path == "/old" ? Task.Delay(5) : Task.CompletedTask);
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var journal = new Journal(standalone.Http);
        var start = TimeProvider.System.GetUtcNow().AddSeconds(2);
        await journal.CreateBatchAsync(5_000, i => new { url = receiver.At("/old"), dueAt = start.AddMilliseconds(i / 5) });
        var killedAt = TimeProvider.System.GetUtcNow();
        await standalone.KillAsync();
        await Task.Delay(start.AddSeconds(4) - TimeProvider.System.GetUtcNow());

        await standalone.StartAsync();
        var kill = new Fault("kill", killedAt, TimeProvider.System.GetUtcNow(), Doubt.Nothing);
        var onTime = TimeProvider.System.GetUtcNow().AddMilliseconds(400);
        await journal.CreateBatchAsync(200, i => new { url = receiver.At("/new"), dueAt = onTime.AddMilliseconds(i) });
        await journal.DeliveredAsync(receiver, MaxWait);

        FaultReport.Check("(1) kill -9 while it owed 5,000", "embedded", 1, journal.Evidence(receiver, kill));
        var old = receiver.Journal.Where(arrival => arrival.Path == "/old").Select(arrival => arrival.DueAt).ToList();

        // Several requests are under way at once, so neighbours may overtake each other; strangers may not.
        var overtaken = old.Select((due, i) => (old[..i].DefaultIfEmpty(due).Max() - due).TotalMilliseconds).Max();
        Assert.That(overtaken, Is.LessThan(150), "oldest first");
        var late = receiver.Journal.Where(arrival => arrival.Path == "/new").Max(arrival => arrival.At - arrival.DueAt);
        Assert.That(late, Is.LessThan(TimeSpan.FromSeconds(1)), "what is on time goes beside the drain");
    }

    /// <summary>Kills it once something is written down: of what is, nothing may be sent again.</summary>
    private static async Task KilledAsync(string moment, StandaloneProcess standalone, Journal journal, Receiver receiver)
    {
        var written = 0L;
        await Eventually.That(
            async () => (written = await standalone.Http.CountAsync("succeeded")) > 0, MaxWait, "outcomes are being written down");
        var killedAt = TimeProvider.System.GetUtcNow();
        await standalone.KillAsync();
        await Eventually.That(() => receiver.Connections == 0, MaxWait, "the receiver has read what was sent");
        var arrived = receiver.Count;
        await standalone.StartAsync();
        var kill = new Fault("kill", killedAt, TimeProvider.System.GetUtcNow());

        await journal.DeliveredAsync(receiver, MaxWait);
        await FinishedAsync(standalone, journal);
        var found = FaultReport.Check($"(1) kill -9 while {moment}", "embedded", 1, journal.Evidence(receiver, kill));
        Assert.That(found.Repeated, Has.Count.AtMost(arrived - written), $"{arrived} had arrived, {written} were written down");
    }

    private static async Task FinishedAsync(StandaloneProcess standalone, Journal journal)
    {
        await standalone.Http.AllFinishedAsync(Count);
        await journal.RecountAsync();
    }
}
